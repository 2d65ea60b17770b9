/// How far the fetch of one model is.
public struct DownloadProgress: Sendable, Equatable {
    /// What a fetch does, in this order; `failed` may follow any.
    public enum Phase: Sendable, Equatable {
        /// The server is being asked; the address is fit for logs.
        case connecting(to: String)
        /// Bytes are arriving.
        case downloading
        /// What arrived is being checked, unpacked and put in place.
        case unpacking
        /// The files are in place, below this directory.
        case finished(directory: String)
        /// Nothing was put in place.
        case failed(reason: String)
    }

    /// The model's name.
    public let model: String
    /// What the fetch does now.
    public let phase: Phase
    /// The bytes that have arrived.
    public let received: Int64
    /// The bytes that will have arrived in the end; `nil` if the server does not say.
    public let total: Int64?

    /// Describes a moment of a fetch.
    public init(model: String, phase: Phase, received: Int64 = 0, total: Int64? = nil) {
        self.model = model
        self.phase = phase
        self.received = received
        self.total = total
    }

    /// How much has arrived, 0 to 100; `nil` if the total is not known.
    public var percent: Int? {
        guard let total, total > 0 else { return nil }
        return Int(Double(min(received, total)) / Double(total) * 100)
    }

    /// How much has arrived, in words: `45 % (103 of 228 MB)`.
    public var amount: String {
        guard let percent, let total else { return "\(Self.megabytes(received)) MB" }
        return "\(percent) % (\(Self.megabytes(received)) of \(Self.megabytes(total)) MB)"
    }

    /// Whole megabytes, or tenths of one below ten.
    private static func megabytes(_ bytes: Int64) -> String {
        let tenths = (bytes + 50_000) / 100_000
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((bytes + 500_000) / 1_000_000)"
    }
}
