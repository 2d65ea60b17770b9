/// The rules for names of metrics and labels.
///
/// They are those of the data model (https://prometheus.io/docs/concepts/data_model/): ASCII letters, digits and `_`,
/// no digit first. Colons are reserved for users' recording rules, names with `__` for Prometheus itself, and `le` for
/// the buckets of histograms.
enum MetricName {
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
    }

    static func isValidLabel(_ name: String) -> Bool {
        isValid(name) && !name.hasPrefix("__") && name != "le"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
