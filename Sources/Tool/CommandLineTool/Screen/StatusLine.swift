import Essentials
import Dictation

/// The status line at the bottom of the terminal while the tool works. Does no I/O.
struct StatusLine {
    /// The width of the terminal in columns.
    var width = 80
    /// Whether the meter has colours.
    var hasColor = false
    /// The end of the line while listening, such as how to stop.
    var advice = ""

    private var level: (SoundLevel, elapsed: Duration)?
    private var waiting: [Duration?] = []
    private var waitingSince: ContinuousClock.Instant?
    private var sent: Double?
    private var heard: Duration?

    /// A shorter recording is finished before a bar would be of use.
    private static let shortestForBar = Duration.seconds(30)
    private static let meterWidth = 20
    private static let spinner: [Character] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

    /// Updates the line by an event.
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
        case .listened: level = nil
        case .started, .progress(.delta), .progress(.notice), .progress(.retrying), .note, .warning: break
        }
    }

    /// The line; `nil` if there is nothing to show.
    func text(at now: ContinuousClock.Instant) -> String? {
        if let level { return meter(level.0, level.elapsed) }
        guard let waitingSince, !waiting.isEmpty else { return nil }
        return progress(for: waitingSince.duration(to: now))
    }

    private func meter(_ level: SoundLevel, _ elapsed: Duration) -> String {
        let filled = Int((level.share * Double(Self.meterWidth)).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.meterWidth - filled)
        let parts = [HumanFormat.clock(elapsed), bar, waiting.isEmpty ? "" : "transcribing…", advice]
        let line = ("● " + parts.filter { !$0.isEmpty }.joined(separator: "  ")).cut(to: width - 1)
        // ECMA-48, SGR: red close to the maximum, where sound is distorted.
        guard hasColor else { return line }
        let color = level.decibels > -3 ? "31" : "32"
        return line.replacing(bar, with: "\u{1B}[\(color)m\(bar)\u{1B}[0m")
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
        let frame = Self.spinner[Int(time / .milliseconds(100)) % Self.spinner.count]
        let sound = length.map { " \(HumanFormat.time($0)) of sound" } ?? ""
        return "\(frame) Transcribing\(sound)… \(HumanFormat.clock(time))".cut(to: width - 1)
    }
}
