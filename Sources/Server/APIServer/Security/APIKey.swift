import Crypto
import Essentials

/// A key for authentication. Only its hash is kept, so that the key cannot appear in a log.
package struct APIKey: Sendable {
    /// The SHA-256 hash of the key.
    fileprivate let hash: [UInt8]

    package init(_ key: String) {
        hash = Array(SHA256.hash(data: Array(key.utf8)))
    }

    /// Reads the hash of a key: 64 hexadecimal digits; `nil` for anything else.
    init?(hash hexadecimal: some StringProtocol) {
        let digits = hexadecimal.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 2 * SHA256.byteCount, digits.count == hexadecimal.utf8.count else { return nil }
        hash = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

extension [APIKey] {
    /// Whether the given key is one of these. The time this takes does not reveal which key matches or how nearly: the
    /// given key is compared with all of them, and digests are compared in constant time.
    func admit(_ given: some StringProtocol) -> Bool { position(of: given) != nil }

    /// Which of these the given key is.
    func position(of given: some StringProtocol) -> Int? {
        let hash = SHA256.hash(data: [UInt8](given.utf8))
        var position: Int?
        for (index, key) in enumerated() where hash == key.hash { position = index }
        return position
    }
}

/// A file of hashed keys, one per line: `sha256:HEX`, optionally followed by a name. `#` starts a comment.
package enum APIKeyFile {
    /// A mistake in a file of keys: file, line and what to write instead. The line is not quoted, because it may
    /// contain a key.
    package struct Mistake: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// Reads the keys; throws if the file cannot be read, has a line that is no hash, or has no key.
    package static func read(_ path: String) throws(Mistake) -> [APIKey] {
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
