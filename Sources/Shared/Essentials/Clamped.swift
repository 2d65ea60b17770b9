/// Saturating arithmetic for numbers from outside: Swift's own operators end the process on overflow.
extension FixedWidthInteger {
    /// The sum, or the nearest value of this type.
    package func addingClamped(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }

    /// The product, or the nearest value of this type.
    package func multipliedClamped(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        guard overflow else { return product }
        return (self < 0) == (other < 0) ? .max : .min
    }

    /// The number without its fraction, or the nearest value of this type; 0 for NaN.
    package init(clamped number: Double) {
        if let exact = Self(exactly: number.rounded(.towardZero)) {
            self = exact
        } else {
            self = number.isNaN ? 0 : number < 0 ? .min : .max
        }
    }
}

extension Duration {
    /// The longest duration to accept: thirty years. Sums of a few of these fit into every time type, even nanoseconds
    /// in 64 bits.
    package static let longest = Duration.seconds(30 * 365 * 24 * 3600)

    /// A number of seconds, limited to `longest` in both directions; zero for NaN.
    package static func seconds(clamped number: Double) -> Duration {
        guard !number.isNaN else { return .zero }
        let limit = longest / .seconds(1)
        return .seconds(min(max(number, -limit), limit))
    }
}
