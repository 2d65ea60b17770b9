import Essentials

/// The progress of one model's download.
public struct DownloadProgress: Sendable, Equatable {
    /// The step of a download.
    public enum Phase: Sendable, Equatable {
        /// Another process is fetching the model.
        case waiting
        /// The server is being contacted; the address is fit for logs.
        case connecting(to: String)
        /// Bytes are arriving.
        case downloading
        /// The download was interrupted and is resumed after a pause.
        case interrupted(reason: String, pause: Duration)
        /// The download is being checked, unpacked and put in place.
        case unpacking
        /// The files are in place, below this directory.
        case finished(directory: String)
        /// The download failed; nothing was put in place.
        case failed(reason: String)
    }

    /// The model's name.
    public let model: String
    /// The current step.
    public let phase: Phase
    /// The bytes received so far.
    public let received: Int64
    /// The size of the download in bytes; `nil` if the server does not report it.
    public let total: Int64?
    /// The recent rate in bytes per second; `nil` while it is not known.
    public let rate: Double?

    /// Describes the progress at one moment.
    public init(model: String, phase: Phase, received: Int64 = 0, total: Int64? = nil, rate: Double? = nil) {
        self.model = model
        self.phase = phase
        self.received = received
        self.total = total
        self.rate = rate
    }

    /// How much has arrived, 0 to 100; `nil` if the total is not known.
    public var percent: Int? {
        guard let total, total > 0 else { return nil }
        return Int(Double(min(received, total)) / Double(total) * 100)
    }

    /// How long the rest will take at the current rate; `nil` if that is not known.
    public var timeLeft: Duration? {
        guard let total, let rate, rate > 0 else { return nil }
        return .seconds(clamped: (Double(max(0, total - received)) / rate).rounded(.up))
    }

    /// How much has arrived, in words: `45 % (103 MB of 228 MB)`.
    public var amount: String {
        guard let percent, let total else { return HumanFormat.bytes(received) }
        return "\(percent) % (\(HumanFormat.bytes(received)) of \(HumanFormat.bytes(total)))"
    }

    /// Rate and time left, in words: `3.2 MB/s, 39 s left`; empty while they are not known.
    public var speed: String {
        guard let rate else { return "" }
        let left = timeLeft.map { ", \(HumanFormat.time($0)) left" } ?? ""
        return HumanFormat.bytes(Int64(clamped: rate)) + "/s" + left
    }
}
