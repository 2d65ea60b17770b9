import Essentials
import SpeechTypes

/// The progress of one model's download.
package struct DownloadProgress: Sendable, Equatable {
    package enum Phase: Sendable, Equatable {
        /// Another process is fetching the model.
        case waiting
        /// The server is being contacted; the address is fit for logs.
        case connecting(to: String)
        case downloading
        /// The download is resumed after a pause.
        case interrupted(reason: String, pause: Duration)
        /// The download is being checked, unpacked and put in place.
        case unpacking
        /// The entry has no hash, so the download was compared with earlier ones.
        case compared(HashComparison)
        /// The files are in place, below this directory.
        case finished(directory: String)
        /// Nothing was put in place.
        case failed(reason: String)
    }

    package let model: String
    package let phase: Phase
    package var received: Int64 = 0
    /// The size of the download in bytes; `nil` if the server does not report it.
    package internal(set) var total: Int64?
    /// The recent rate in bytes per second; `nil` while it is not known.
    var rate: Double?

    /// How much has arrived, 0 to 100; `nil` if the total is not known.
    package var percent: Int? {
        guard let total, total > 0 else { return nil }
        return Int(Double(min(received, total)) / Double(total) * 100)
    }

    /// How much has arrived, in words: `45 % (103 MB of 228 MB)`.
    package var amount: String {
        guard let percent, let total else { return HumanFormat.bytes(received) }
        return "\(percent) % (\(HumanFormat.bytes(received)) of \(HumanFormat.bytes(total)))"
    }

    /// Rate and time left, in words: `3.2 MB/s, 39 s left`; empty while they are not known.
    package var speed: String {
        guard let rate else { return "" }
        let speed = HumanFormat.bytes(Int64(clamped: rate)) + "/s"
        guard let total, rate > 0 else { return speed }
        let left = Duration.seconds(clamped: (Double(max(0, total - received)) / rate).rounded(.up))
        return speed + ", \(HumanFormat.time(left)) left"
    }
}

/// Reduces the many updates of one download to the few lines that a log or a plain terminal needs.
///
/// Each phase has one line at its start. While bytes arrive, there is a line for every `step` percent or after
/// `patience`, whichever is first, but none within `pause` of the one before.
package struct ProgressLines: Sendable {
    private let step = 10
    private let pause = Duration.seconds(2)
    private let patience = Duration.seconds(10)
    private var last: (phase: DownloadProgress.Phase, percent: Int, time: ContinuousClock.Instant)?

    package init() {}

    /// The line to print now; `nil` if there is nothing new enough.
    package mutating func line(for progress: DownloadProgress, at now: ContinuousClock.Instant = .now) -> String? {
        guard isDue(progress, at: now) else { return nil }
        last = (progress.phase, progress.percent ?? 0, now)
        return Self.text(progress)
    }

    private func isDue(_ progress: DownloadProgress, at now: ContinuousClock.Instant) -> Bool {
        guard let last, last.phase == progress.phase else { return true }
        guard [.downloading, .waiting].contains(progress.phase), now - last.time >= pause else { return false }
        return (progress.percent ?? 0) / step > last.percent / step || now - last.time >= patience
    }

    package static func text(_ progress: DownloadProgress) -> String {
        let name = progress.model
        return switch progress.phase {
        case .waiting: "Another program is downloading \(name): \(progress.amount)"
        case .connecting(let address): "Downloading \(name) from \(address)"
        case .downloading:
            "Downloading \(name): \(progress.amount)" + (progress.speed.isEmpty ? "" : ", \(progress.speed)")
        case .interrupted(let reason, let pause):
            "Downloading \(name) was interrupted at \(progress.amount) and goes on"
                + (pause > .zero ? " in \(HumanFormat.time(pause))" : "") + ". \(reason)"
        case .unpacking: "Downloaded \(name) (\(progress.amount)), unpacking"
        case .compared(let comparison): comparison.text(about: name)
        case .finished(let directory): "Model \(name) is in \(directory)"
        case .failed(let reason): "Downloading \(name) failed. \(reason)"
        }
    }
}

/// Measures the recent rate of a download. Has no clock of its own.
struct TransferRate {
    /// Long enough to smooth out jumps, short enough to follow the line.
    private static let window = Duration.seconds(10)
    /// The shortest time between two samples.
    private static let step = Duration.milliseconds(200)
    /// The shortest time from which a rate is computed.
    private static let least = Duration.seconds(1)
    private var samples: [(time: ContinuousClock.Instant, received: Int64)] = []

    mutating func add(_ received: Int64, at now: ContinuousClock.Instant) {
        // If there are fewer bytes than before, the download has started again.
        if let last = samples.last, received < last.received { samples = [] }
        if let last = samples.last, now - last.time < Self.step { return }
        samples.append((now, received))
        while samples.count > 2, now - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Drops all samples: after a pause the old rate means nothing.
    mutating func reset() {
        samples = []
    }

    /// Bytes per second; `nil` if the samples span too short a time.
    func perSecond(at now: ContinuousClock.Instant) -> Double? {
        guard let first = samples.first, let last = samples.last, now - first.time >= Self.least else { return nil }
        return Double(last.received - first.received) / (now - first.time).inSeconds
    }
}
