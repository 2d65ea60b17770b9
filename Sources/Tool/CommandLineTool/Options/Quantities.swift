import ArgumentParser
import Essentials

/// A number of bytes as users write it: `1048576`, `500M`, `2G`; powers of 1024.
struct ByteCount: ExpressibleByArgument, Equatable {
    let bytes: Int

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let upper = argument.uppercased()
        let digits = ["IB", "B"].first { upper.hasSuffix($0) }.map { upper.dropLast($0.count) } ?? upper[...]
        let unit = digits.last.flatMap { units[$0] }
        guard let number = Int(unit == nil ? digits : digits.dropLast()), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}

/// A length of time as users write it: `90`, `90s`, `30m`, `6h`; a bare number is seconds.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let duration: Duration

    init?(argument: String) {
        guard let duration = HumanFormat.duration(argument), duration > .zero else { return nil }
        self.duration = duration
    }
}
