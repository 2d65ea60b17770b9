package enum HumanFormat {
    /// A number with a noun: `1 request`, `2 requests`.
    package static func count(_ number: some BinaryInteger, _ thing: String) -> String {
        number == 1 ? "1 \(thing)" : "\(number) \(thing)s"
    }

    /// A number without a needless fraction: `7200`, `0.5`.
    package static func number(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }

    /// Bytes in powers of 1000, as on downloads and disks: `653 kB`, `1.2 MB`, `228 MB`.
    package static func bytes(_ count: Int64) -> String {
        var amount = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            // An amount that rounds to 1000 uses the next unit.
            if amount < 999.5 { return "\(unit == "B" ? "\(count)" : rounded(amount)) \(unit)" }
            amount /= 1000
        }
        return "\(rounded(amount)) TB"
    }

    /// A duration in its two largest units: `0.5 s`, `12 s`, `5 min 3 s`, `6 h`. Below a tenth of a second in
    /// milliseconds; a negative one is 0.
    package static func time(_ duration: Duration) -> String {
        let exact = max(0, duration / .seconds(1))
        guard exact >= 9.95 else {
            let milliseconds = Int((exact * 1000).rounded())
            if (1..<100).contains(milliseconds) { return "\(milliseconds) ms" }
            let tenths = Int((exact * 10).rounded())
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
        }
        let seconds = max(10, Int(clamped: exact))
        func joined(_ first: Int, _ unit: String, _ second: Int, _ smaller: String) -> String {
            second == 0 ? "\(first) \(unit)" : "\(first) \(unit) \(second) \(smaller)"
        }
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: joined(seconds / 60, "min", seconds % 60, "s")
        default: joined(seconds / 3600, "h", seconds % 3600 / 60, "min")
        }
    }

    /// A duration in clock format: `0:07`, `12:30`, `1:02:03`.
    package static func clock(_ duration: Duration) -> String {
        let seconds = max(0, Int(clamped: duration / .seconds(1)))
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        guard seconds >= 3600 else { return "\(seconds / 60):\(padded(seconds % 60))" }
        return "\(seconds / 3600):\(padded(seconds % 3600 / 60)):\(padded(seconds % 60))"
    }

    /// Parses a duration: `90`, `90s`, `30m`, `1.5h`; a bare number is seconds.
    ///
    /// - Returns: `nil` if the text is no duration, negative, or longer than thirty years (`Duration.longest`).
    package static func duration(_ text: String) -> Duration? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text[...] : text.dropLast()) else { return nil }
        let seconds = number * (unit ?? 1)
        guard (0...Duration.longest / .seconds(1)).contains(seconds) else { return nil }
        return .seconds(seconds)
    }

    /// With tenths below ten, otherwise a whole number.
    private static func rounded(_ amount: Double) -> String {
        guard amount < 9.95 else { return "\(Int(amount.rounded()))" }
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
