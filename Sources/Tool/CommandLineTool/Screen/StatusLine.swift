import Dictation
import Essentials
import ModelStore
import TranscriptFormats

/// The status line at the bottom of the terminal while the tool works. Does no I/O.
struct StatusLine {
    var width = 80
    var hasColor = false
    var advice = ""

    private var level: (SoundLevel, elapsed: Duration)?
    private var waiting: [Duration?] = []
    private var waitingSince: ContinuousClock.Instant?
    private var sent: Double?
    private var heard: Duration?
    /// What is being said, in one line.
    private var words = ""

    /// The counts of a run through an archive, and when it began.
    private var archive: (ArchiveCounts, since: ContinuousClock.Instant)?

    /// A shorter recording is finished before a bar would be of use.
    private static let shortestForBar = Duration.seconds(30)
    private static let meterWidth = 20
    /// If the terminal has less room for words, the meter makes room.
    private static let leastWords = 24
    private static let spinner: [Character] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

    mutating func receive(_ event: DictationEvent, at now: ContinuousClock.Instant) {
        switch event {
        case .level(let new, let elapsed): level = (new, elapsed)
        case .transcribing(let duration):
            if waiting.isEmpty { waitingSince = now }
            waiting.append(duration)
            (sent, heard) = (nil, nil)
        case .length(let duration): if !waiting.isEmpty { waiting[waiting.count - 1] = duration }
        case .progress(.sent(let share)): sent = share
        case .progress(.heard(let time)): heard = time
        case .transcribed:
            if !waiting.isEmpty { waiting.removeFirst() }
            waitingSince = now
        case .live(let text): words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable
        case .archive(let counts): archive = (counts, archive?.since ?? now)
        case .listened: level = nil
        case .started, .progress(.delta), .progress(.notice), .progress(.retrying), .step, .note, .warning: break
        }
    }

    func text(at now: ContinuousClock.Instant) -> String? {
        if let level { return meter(level.0, level.elapsed) }
        if let archive { return progress(of: archive.0, for: archive.since.duration(to: now)) }
        guard let waitingSince, !waiting.isEmpty else { return nil }
        return progress(for: waitingSince.duration(to: now))
    }

    private func meter(_ level: SoundLevel, _ elapsed: Duration) -> String {
        let filled = Int((level.share * Double(Self.meterWidth)).rounded())
        let bar = ProgressBar.bar(filled, of: Self.meterWidth)
        let line =
            words.isEmpty ? line([bar, waiting.isEmpty ? "" : "transcribing…", advice], elapsed) : said(bar, elapsed)
        // ECMA-48, SGR: red close to the maximum, where sound is distorted.
        guard hasColor else { return line }
        let color = level.decibels > -3 ? "31" : "32"
        return line.replacing(bar, with: "\u{1B}[\(color)m\(bar)\u{1B}[0m")
    }

    private func line(_ parts: [String], _ elapsed: Duration) -> String {
        ("● " + ([HumanFormat.clock(elapsed)] + parts).filter { !$0.isEmpty }.joined(separator: "  ")).cut(
            to: width - 1)
    }

    /// The line with the end of what is being said.
    private func said(_ bar: String, _ elapsed: Duration) -> String {
        for start in [line([bar], elapsed), line([], elapsed)] {
            let room = width - 1 - start.count - 2
            if room >= Self.leastWords { return "\(start)  \(words.end(columns: room))" }
        }
        return words.end(columns: width - 1)
    }

    private func progress(of counts: ArchiveCounts, for time: Duration) -> String {
        let parts = [(counts.done, "done"), (counts.skipped, "skipped"), (counts.failed, "failed")].map { count, what in
            "\(count) \(what)"
        }
        let sound = counts.sound > .zero ? ", \(HumanFormat.time(counts.sound)) of sound" : ""
        let line = "\(frame(at: time)) \(parts.joined(separator: ", ")), \(counts.inHand) in hand\(sound)"
        return "\(line)  \(HumanFormat.clock(time))".cut(to: width - 1)
    }

    private func frame(at time: Duration) -> Character {
        Self.spinner[Int(time / .milliseconds(100)) % Self.spinner.count]
    }

    private func progress(for time: Duration) -> String {
        let length = waiting.first ?? nil
        if let sent, sent < 1, heard == nil {
            return ProgressBar(width: width - 1).line(["sending"], percent: Int(sent * 100))
        }
        if let length, length >= Self.shortestForBar, let heard {
            let percent = Int(clamped: min(max(heard / length, 0), 1) * 100)
            return ProgressBar(width: width - 1).line(
                ["\(HumanFormat.clock(heard)) of \(HumanFormat.clock(length))"], percent: percent)
        }
        let sound = length.map { " \(HumanFormat.time($0)) of sound" } ?? ""
        return "\(frame(at: time)) Transcribing\(sound)… \(HumanFormat.clock(time))".cut(to: width - 1)
    }
}

/// One line of a terminal that shows the progress of a download. Does no I/O.
struct ProgressBar {
    let width: Int

    private static let columns = 10...40

    static func bar(_ filled: Int, of columns: Int) -> String {
        String(repeating: "█", count: filled) + String(repeating: "░", count: columns - filled)
    }

    /// The line for a phase that lasts; `nil` for phases that are reported by a plain line. If the line is too long,
    /// first the bar is left out, then the end is cut.
    func line(for progress: DownloadProgress) -> String? {
        switch progress.phase {
        case .downloading: fit(progress, [progress.amount, progress.speed])
        case .waiting: fit(progress, [progress.amount, "another program is downloading it"])
        case .interrupted(_, let pause):
            fit(progress, [progress.amount, "interrupted, goes on in \(HumanFormat.time(pause))"])
        case .unpacking: "\(progress.model)  unpacking \(HumanFormat.bytes(progress.received))".cut(to: width)
        case .connecting, .compared, .finished, .failed: nil
        }
    }

    private func fit(_ progress: DownloadProgress, _ parts: [String]) -> String {
        line([progress.model] + parts, percent: progress.percent)
    }

    /// A line with a bar for this percentage, and words after it.
    func line(_ parts: [String], percent: Int?) -> String {
        let words = parts.filter { !$0.isEmpty }.joined(separator: "  ")
        let room = width - words.count - 2
        guard let percent, room >= Self.columns.lowerBound else { return words.cut(to: width) }
        let columns = min(room, Self.columns.upperBound)
        return "\(Self.bar(columns * percent / 100, of: columns))  \(words)"
    }
}

extension String {
    /// Its end in so many columns of a terminal, where some characters take two.
    func end(columns: Int) -> String {
        guard self.columns > columns else { return self }
        var room = columns - 1
        let start = reversed().prefix { character in
            room -= character.columns
            return room >= 0
        }
        return "…" + String(start.reversed())
    }

    func cut(to width: Int) -> String { count <= width ? self : String(prefix(max(0, width - 1))) + "…" }
}
