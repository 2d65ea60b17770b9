import Crypto

/// A key for authentication. Only its hash is kept, so that the key cannot appear in a log.
public struct APIKey: Sendable {
    /// The SHA-256 hash of the key.
    private let hash: [UInt8]

    /// Hashes a key.
    public init(_ key: String) {
        hash = Array(SHA256.hash(data: Array(key.utf8)))
    }

    /// Reads the hash of a key: 64 hexadecimal digits; `nil` for anything else.
    init?(hash hexadecimal: some StringProtocol) {
        let digits = hexadecimal.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 2 * SHA256.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        hash = bytes
    }

    /// Whether this is the hash of the key. Digests are compared in constant time.
    fileprivate func matches(_ given: SHA256.Digest) -> Bool {
        given == hash
    }
}

extension [APIKey] {
    /// Whether the given key is one of these. The time this takes does not reveal which key matches or how nearly,
    /// because the given key is compared with all of them.
    func admit(_ given: some StringProtocol) -> Bool {
        let hash = SHA256.hash(data: [UInt8](given.utf8))
        var matches = 0
        for key in self { matches += key.matches(hash) ? 1 : 0 }
        return matches > 0
    }
}
