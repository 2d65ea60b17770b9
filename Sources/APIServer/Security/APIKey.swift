import Crypto

/// A key that clients may prove themselves with. Only its hash is kept, so that it gets into no log.
public struct APIKey: Sendable {
    private let hash: SHA256.Digest

    /// Takes a key.
    public init(_ key: String) {
        hash = SHA256.hash(data: Array(key.utf8))
    }

    /// Whether somebody gave this key. The time this takes tells nothing: digests are compared in constant time.
    func matches(_ given: some StringProtocol) -> Bool {
        SHA256.hash(data: Array(given.utf8)) == hash
    }
}
