import Essentials

/// Makes lines of what an engine writes: bounded in length, and without characters that would move a terminal's cursor or
/// colour the log. A value without I/O.
struct LineSplitter {
    /// The most bytes of a line that are kept.
    let longestLine: Int

    private var line: [UInt8] = []
    private var isCut = false

    /// Begins with an empty line.
    init(longestLine: Int) {
        self.longestLine = longestLine
    }

    /// Adds bytes.
    ///
    /// - Returns: The lines that have ended, but for empty ones.
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

    /// The line that has no end yet, at the end of the output; `nil` if there is none.
    mutating func end() -> String? {
        defer {
            line.removeAll(keepingCapacity: true)
            isCut = false
        }
        guard !line.isEmpty else { return nil }
        return String(decoding: line, as: UTF8.self).printable + (isCut ? "…" : "")
    }
}

/// How many lines of an engine go to the log: a burst, and then a few a second. A value without a clock.
struct LineBudget {
    /// A stack trace and more.
    static let burst = 1000
    /// How long it takes until there is room for another line.
    static let interval = Duration.milliseconds(100)

    private var left = burst
    private var counted: ContinuousClock.Instant?
    /// The lines that were left out since the last one that was not.
    private var omitted = 0

    /// Asks for room for a line.
    ///
    /// - Returns: How many lines were left out before this one; `nil` if this one is to be left out too.
    mutating func take(at now: ContinuousClock.Instant) -> Int? {
        let since = counted ?? now
        let earned = Int(min((now - since) / Self.interval, Double(Self.burst)))
        left = min(Self.burst, left + earned)
        // What is left of an interval counts for the next line, unless there was room for all.
        counted = left == Self.burst ? now : since + Self.interval * earned
        guard left > 0 else {
            omitted += 1
            return nil
        }
        left -= 1
        return exchange(&omitted, with: 0)
    }
}

/// How much an engine may write in all: what libraries say of themselves, and no flood. A value without a clock.
struct OutputBudget {
    /// More than any library says at once, in bytes.
    static let burst = 16 << 20
    /// How many bytes a second it may go on with.
    static let rate = 1 << 16

    private var left = Double(burst)
    private var counted: ContinuousClock.Instant?

    /// What a line costs beside its bytes.
    private static let costOfLine = 64

    /// Takes bytes that have come, and so many lines of them.
    ///
    /// - Returns: Whether that is still no flood.
    mutating func take(_ bytes: Int, lines: Int, at now: ContinuousClock.Instant) -> Bool {
        let earned = (now - (counted ?? now)) / .seconds(1) * Double(Self.rate)
        left = min(Double(Self.burst), left + earned) - Double(bytes + Self.costOfLine * lines)
        counted = now
        return left >= 0
    }
}
