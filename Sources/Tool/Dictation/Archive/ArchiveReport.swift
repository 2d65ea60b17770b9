import Essentials

/// The counts of a run through an archive.
package struct ArchiveCounts: Sendable, Equatable {
    /// Recordings that were transcribed.
    package var done = 0
    /// Those of them in which no speech was recognised.
    package var blank = 0
    /// Recordings whose results were there.
    package var skipped = 0
    package var failed = 0
    /// Recordings that are being transcribed.
    package var inHand = 0
    /// The sound of the recordings that were transcribed, as far as their lengths are known.
    package var sound = Duration.zero

    package init() {}
}

/// What a run through an archive has done.
package struct ArchiveReport: Sendable {
    package struct Failure: Sendable {
        /// Printable.
        package var name: String
        /// Printable, one line.
        package var reason: String
    }

    package var counts = ArchiveCounts()
    /// The first failures, at most `mostFailures`.
    package var failures: [Failure] = []
    /// How many hidden folders were passed over.
    package var hiddenFolders = 0
    /// Why the run ended before its end; `nil` if it did not.
    package var end: String?
    /// Whether the user asked it to stop.
    package var isInterrupted = false

    package static let mostFailures = 20

    /// The summary, printable, line by line.
    package func lines(after time: Duration) -> [String] {
        var parts = ["\(counts.done) done"]
        if counts.blank > 0 { parts[0] += " (\(counts.blank) without speech)" }
        parts += ["\(counts.skipped) skipped", "\(counts.failed) failed"]
        var lines: [String] = []
        if let end { lines.append(end) }
        let sound = counts.sound > .zero ? "; \(HumanFormat.time(counts.sound)) of sound" : ""
        lines.append(parts.joined(separator: ", ") + sound + " in \(HumanFormat.time(time)).")
        if hiddenFolders > 0 { lines.append("Hidden folders passed over: \(hiddenFolders).") }
        lines += failures.map { "Failed: \($0.name): \($0.reason)" }
        let rest = counts.failed - failures.count
        if rest > 0, !failures.isEmpty { lines.append("Failed, not listed here: \(rest).") }
        if isInterrupted || end != nil { lines.append("Run the same command again to go on: what is done is kept.") }
        return lines
    }
}
