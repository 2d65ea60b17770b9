import Essentials

/// Reduces the many updates of one download to the few lines that a log or a plain terminal needs.
///
/// Each phase has one line at its start. While bytes arrive, there is a line for every `step` percent or after
/// `patience`, whichever is first, but none within `pause` of the one before.
public struct ProgressLines: Sendable {
    private let step = 10
    private let pause = Duration.seconds(2)
    private let patience = Duration.seconds(10)
    private var last: (phase: DownloadProgress.Phase, percent: Int, time: ContinuousClock.Instant)?

    /// Starts before the first line.
    public init() {}

    /// The line to print now; `nil` if there is nothing new enough.
    public mutating func line(for progress: DownloadProgress, at now: ContinuousClock.Instant = .now) -> String? {
        guard isDue(progress, at: now) else { return nil }
        last = (progress.phase, progress.percent ?? 0, now)
        return Self.text(progress)
    }

    private func isDue(_ progress: DownloadProgress, at now: ContinuousClock.Instant) -> Bool {
        guard let last, last.phase == progress.phase else { return true }
        guard [.downloading, .waiting].contains(progress.phase), now - last.time >= pause else { return false }
        return (progress.percent ?? 0) / step > last.percent / step || now - last.time >= patience
    }

    /// The text for one update.
    public static func text(_ progress: DownloadProgress) -> String {
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
        case .finished(let directory): "Model \(name) is in \(directory)"
        case .failed(let reason): "Downloading \(name) failed. \(reason)"
        }
    }
}
