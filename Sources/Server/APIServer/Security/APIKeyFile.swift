import Essentials

/// A file of hashed keys, one per line: `sha256:HEX`, optionally followed by a name. `#` starts a comment.
public enum APIKeyFile {
    /// A mistake in a file of keys.
    public struct Mistake: Error, Equatable, CustomStringConvertible {
        /// File, line and what to write instead. The line is not quoted, because it may contain a key.
        public let description: String
    }

    /// Reads the keys.
    ///
    /// - Throws: `Mistake` if the file cannot be read, has a line that is no hash, or has no key.
    public static func read(_ path: String) throws(Mistake) -> [APIKey] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Mistake(
                description: "The file of API keys '\(path)' cannot be read: \(SystemReason.words(for: error))."
                    + " Check --api-key-file.")
        }
        return try keys(in: String(decoding: data, as: UTF8.self), file: path)
    }

    static func keys(in text: String, file: String) throws(Mistake) -> [APIKey] {
        var keys: [APIKey] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = line.prefix { $0 != "#" }
            guard let word = content.split(whereSeparator: \.isWhitespace).first else { continue }
            guard word.hasPrefix(prefix), let key = APIKey(hash: word.dropFirst(prefix.count)) else {
                throw Mistake(
                    description: "\(file):\(index + 1): This is no hash of an API key. Write \(prefix) and the 64"
                        + " hexadecimal digits that `printf %s KEY | sha256sum` prints, then a name if you like.")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw Mistake(
                description: "\(file): There is no API key in this file. Add a line, or leave out --api-key-file.")
        }
        return keys
    }

    private static let prefix = "sha256:"
}
