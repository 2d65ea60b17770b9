/// Numbers as people read them.
enum Amounts {
    /// A number of bytes in powers of 1000, as downloads and disks are labelled: `653 kB`, `1.2 MB`, `228 MB`.
    static func bytes(_ count: Int) -> String {
        var amount = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            // What would be written as 1000 is one of the next unit.
            if amount < 999.5 {
                return "\(amount < 9.95 && unit != "B" ? rounded(amount) : "\(Int(amount.rounded()))") \(unit)"
            }
            amount /= 1000
        }
        return "\(amount < 9.95 ? rounded(amount) : "\(Int(amount.rounded()))") TB"
    }

    /// A length of time by its two greatest units: `12 s`, `5 min 3 s`, `2 h 10 min`.
    static func time(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        return switch seconds {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        }
    }

    private static func rounded(_ amount: Double) -> String {
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
