/// Arithmetic with numbers that come from outside: a result that does not fit becomes the nearest one that does, since
/// Swift's own operators end the process.
extension FixedWidthInteger {
    /// The sum, or the nearest number that this type has.
    public func addingClamped(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }

    /// The product, or the nearest number that this type has.
    public func multipliedClamped(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        guard overflow else { return product }
        return (self < 0) == (other < 0) ? .max : .min
    }

    /// The number without its fraction, or the nearest one that this type has; 0 for what is not a number.
    public init(clamped number: Double) {
        if let exact = Self(exactly: number.rounded(.towardZero)) {
            self = exact
        } else {
            self = number.isNaN ? 0 : number < 0 ? .min : .max
        }
    }
}

extension Duration {
    /// The longest time that anybody can mean: thirty years. Sums of a few of these fit into every type of time there is,
    /// down to nanoseconds in 64 bits.
    public static let longest = Duration.seconds(30 * 365 * 24 * 3600)

    /// So many seconds, or the nearest time that is not beyond `longest`; zero for what is not a number.
    public static func seconds(clamped number: Double) -> Duration {
        guard !number.isNaN else { return .zero }
        let limit = longest / .seconds(1)
        return .seconds(min(max(number, -limit), limit))
    }
}
