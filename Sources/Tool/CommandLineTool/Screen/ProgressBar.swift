import Essentials
import ModelStore

/// One line of a terminal that shows the progress of a download. Does no I/O.
struct ProgressBar {
    /// The width of the terminal in columns.
    let width: Int

    private static let bar = 10...40
    private static let filled: Character = "█"
    private static let empty: Character = "░"

    /// The line for a phase that lasts; `nil` for phases that are reported by a plain line.
    ///
    /// If the line is too long, first the bar is left out, then the end is cut.
    func line(for progress: DownloadProgress) -> String? {
        switch progress.phase {
        case .downloading: fit(progress, [progress.amount, progress.speed])
        case .waiting: fit(progress, [progress.amount, "another program is downloading it"])
        case .interrupted(_, let pause):
            fit(progress, [progress.amount, "interrupted, goes on in \(HumanFormat.time(pause))"])
        case .unpacking: "\(progress.model)  unpacking \(HumanFormat.bytes(progress.received))".cut(to: width)
        case .connecting, .finished, .failed: nil
        }
    }

    private func fit(_ progress: DownloadProgress, _ parts: [String]) -> String {
        line([progress.model] + parts, percent: progress.percent)
    }

    /// A line with a bar for this percentage, and words after it.
    func line(_ parts: [String], percent: Int?) -> String {
        let words = parts.filter { !$0.isEmpty }.joined(separator: "  ")
        let room = width - words.count - 2
        guard let percent, room >= Self.bar.lowerBound else { return words.cut(to: width) }
        let columns = min(room, Self.bar.upperBound)
        let done = columns * percent / 100
        let bar = String(repeating: Self.filled, count: done) + String(repeating: Self.empty, count: columns - done)
        return "\(bar)  \(words)"
    }
}

extension String {
    /// The text, cut to this many columns.
    func cut(to width: Int) -> String {
        count <= width ? self : String(prefix(max(0, width - 1))) + "…"
    }
}
