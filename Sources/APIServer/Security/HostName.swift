/// A host as URLs and the `Host` header name it: in lower case, without brackets, without the dot of a full name.
public struct HostName: Hashable, Sendable {
    let text: String

    /// Reads the host of `host` or `host:port` (RFC 3986, section 3.2); `nil` if that is malformed.
    public init?(_ authority: String) {
        var host = authority.lowercased()[...]
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]"), Self.isPort(host[end...].dropFirst()) else { return nil }
            host = host[..<end].dropFirst()
        } else if let colon = host.firstIndex(of: ":"), colon == host.lastIndex(of: ":") {
            guard Self.isPort(host[colon...]) else { return nil }
            host = host[..<colon]
        }
        if host.hasSuffix(".") { host = host.dropLast() }
        guard !host.isEmpty, host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0)) })
        else { return nil }
        text = String(host)
    }

    /// Nothing, or a colon and perhaps digits.
    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
