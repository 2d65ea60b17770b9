/// Numbers as people read them.
public enum Amounts {
    /// A number of bytes in powers of 1000, as downloads and disks are labelled: `653 kB`, `1.2 MB`, `228 MB`.
    public static func bytes(_ count: Int64) -> String {
        var amount = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            // What would be written as 1000 is one of the next unit.
            if amount < 999.5 { return "\(unit == "B" ? "\(count)" : rounded(amount)) \(unit)" }
            amount /= 1000
        }
        return "\(rounded(amount)) TB"
    }

    /// A length of time by its two greatest units: `12 s`, `5 min 3 s`, `2 h 10 min`.
    public static func time(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.components.seconds))
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        }
    }

    /// A length of time as a clock shows it: `0:07`, `12:30`, `1:02:03`.
    public static func clock(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.components.seconds))
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        guard seconds >= 3600 else { return "\(seconds / 60):\(padded(seconds % 60))" }
        return "\(seconds / 3600):\(padded(seconds % 3600 / 60)):\(padded(seconds % 60))"
    }

    /// Reads a length of time as people write it: `90`, `90s`, `30m`, `1.5h`; a bare number is seconds.
    ///
    /// - Returns: `nil` if it is none, or below zero, or longer than thirty years.
    public static func duration(_ text: String) -> Duration? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text[...] : text.dropLast()), number >= 0, number < 1e9 else {
            return nil
        }
        return .seconds(number * (unit ?? 1))
    }

    /// Tenths below ten, whole numbers above.
    private static func rounded(_ amount: Double) -> String {
        guard amount < 9.95 else { return "\(Int(amount.rounded()))" }
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
