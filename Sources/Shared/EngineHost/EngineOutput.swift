import Essentials
import Synchronization

/// Splits an engine's output into lines, limits their length, and removes characters that would move a terminal's
/// cursor or colour the log.
struct LineSplitter {
    let longestLine: Int

    private var line: [UInt8] = []
    private var isCut = false

    init(longestLine: Int) { self.longestLine = longestLine }

    /// Adds bytes, and returns the lines that are complete, except empty ones.
    mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let line = end() { lines.append(line) }
            } else if line.count < longestLine {
                line.append(byte)
            } else {
                isCut = true
            }
        }
        return lines
    }

    /// The incomplete line at the end of the output; `nil` if there is none.
    mutating func end() -> String? {
        defer {
            line.removeAll(keepingCapacity: true)
            isCut = false
        }
        guard !line.isEmpty else { return nil }
        return String(decoding: line, as: UTF8.self).printable + (isCut ? "…" : "")
    }
}

/// How many lines of an engine may be logged: a burst, then ten a second.
struct LineBudget {
    /// Enough for a stack trace.
    static let burst = 1000
    static let interval = Duration.milliseconds(100)

    private var left = burst
    private var counted: ContinuousClock.Instant?
    /// The lines omitted since the last one that was logged.
    private var omitted = 0

    /// Returns how many lines were omitted before this one; `nil` if this one must be omitted too.
    mutating func take(at now: ContinuousClock.Instant) -> Int? {
        let since = counted ?? now
        let earned = Int(min((now - since) / Self.interval, Double(Self.burst)))
        left = min(Self.burst, left + earned)
        // Carry the rest of an interval over to the next line, unless the budget is full.
        counted = left == Self.burst ? now : since + Self.interval * earned
        guard left > 0 else {
            omitted += 1
            return nil
        }
        left -= 1
        return exchange(&omitted, with: 0)
    }
}

/// How much an engine may write in total, to stop endless output.
struct OutputBudget {
    /// More than any library writes at once, in bytes.
    static let burst = 16 << 20
    static let rate = 1 << 16

    private var left = Double(burst)
    private var counted: ContinuousClock.Instant?

    private static let costOfLine = 64

    /// Counts bytes received, and the lines in them; returns whether they are within the budget.
    mutating func take(_ bytes: Int, lines: Int, at now: ContinuousClock.Instant) -> Bool {
        let earned = (now - (counted ?? now)) / .seconds(1) * Double(Self.rate)
        left = min(Double(Self.burst), left + earned) - Double(bytes + Self.costOfLine * lines)
        counted = now
        return left >= 0
    }
}

/// The last lines an engine wrote to standard error; they usually say why it ended.
final class StandardErrorTail: Sendable {
    private static let limit = 8
    private let lines = Mutex<[String]>([])

    /// Adds a line, and drops the oldest if there are too many. Skips the stack trace that follows an error message.
    func add(_ line: String) {
        guard !Self.isOfStackTrace(line) else { return }
        lines.withLock { lines in
            lines.append(line)
            if lines.count > Self.limit { lines.removeFirst() }
        }
    }

    /// In the format of Swift's runtime: `7    libswiftCore.so    0x00007fc8196ee650 Array.append<A>(contentsOf:) +
    /// 372`.
    private static func isOfStackTrace(_ line: String) -> Bool {
        line == "Current stack trace:" || line.prefixMatch(of: /\d+\s+\S+\s+0x[0-9a-f]{16}\b/) != nil
    }

    var text: String { lines.withLock { $0.joined(separator: " ") } }
}
