import Crypto
import Essentials
import Synchronization

/// Short-lived keys that open live sessions only, so that a page or a device never holds a real key. Only their hashes
/// are kept.
final class ClientSecrets: Sendable {
    private struct Secret {
        let key: APIKey
        let expiry: Date
        let configuration: RealtimeConfiguration
    }

    /// The most secrets that have not expired.
    static let most = 1000
    /// What the lifetime of a secret may be, in seconds.
    static let lifetimes = 10...7200

    private let secrets = Mutex<[Secret]>([])

    /// Makes a secret for sessions that begin with a configuration.
    ///
    /// - Throws: `APIError` 429 if there are too many.
    func make(lasting seconds: Int, _ configuration: RealtimeConfiguration) throws(APIError) -> (
        value: String, expiry: Int
    ) {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        let value = "ek_" + bytes.hexadecimal
        let expiry = Date() + Double(seconds)
        let isFull = secrets.withLock { secrets in
            secrets.removeAll { $0.expiry <= Date() }
            guard secrets.count < Self.most else { return true }
            secrets.append(Secret(key: APIKey(value), expiry: expiry, configuration: configuration))
            return false
        }
        guard !isFull else {
            throw APIError(
                status: .tooManyRequests, code: "rate_limit_exceeded",
                message: "There are \(Self.most) client secrets that have not expired. Wait until some have.",
                retryAfter: .seconds(10), abandonsBody: true)
        }
        return (value, Int(expiry.timeIntervalSince1970))
    }

    /// The configuration that a secret's sessions begin with; `nil` if it is none, or has expired. The given text is
    /// compared with all secrets, so the time this takes tells nothing.
    func configuration(for given: some StringProtocol) -> RealtimeConfiguration? {
        secrets.withLock { secrets in
            secrets.removeAll { $0.expiry <= Date() }
            let index = secrets.map(\.key).position(of: given)
            return index.map { secrets[$0].configuration }
        }
    }
}
