import Essentials
package import ModelStore
import SystemPackage

/// Looks up the keys of upstreams. A file is read again for each request, so that a key can be replaced at any time.
package struct UpstreamKeys: Sendable {
    private let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    /// A key that cannot be had; its description is fit for a client.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// The key of a server; `nil` if it needs none. Blocks.
    package func key(of server: UpstreamServer) throws(Missing) -> String? {
        let text: String
        switch server.key {
        case nil: return nil
        case .variable(let name):
            guard let value = environment[name] else {
                throw Missing(description: "the environment variable of its api_key_env is not set")
            }
            text = value
        case .file(let path):
            do {
                let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
                text = try file.closeAfter {
                    // A device without end must not be read.
                    try String(unsafeUninitializedCapacity: Self.longest) { try file.read(into: .init($0)) }
                }
            } catch {
                throw Missing(description: "its api_key_file cannot be read: \(error)")
            }
        }
        let key = text.trimmed
        guard !key.isEmpty, key.utf8.count < Self.longest, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Missing(description: "its key is empty, or has a space or another character that no header takes")
        }
        return key
    }

    /// In bytes; a key has a few hundred.
    private static let longest = 16 << 10
}
