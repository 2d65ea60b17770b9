import Essentials

/// The value of a key under `options:`.
public enum OptionValue: Sendable, Hashable {
    /// Yes or no.
    case flag(Bool)
    /// A number, whole or not.
    case number(Double)
    /// A word, a text, or paths.
    case text(String)
}

extension OptionValue: Codable {
    /// Reads a plain JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    /// Writes a plain JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }
}

extension OptionValue: CustomStringConvertible {
    /// The value as models.yaml has it.
    public var description: String {
        switch self {
        case .flag(let flag): "\(flag)"
        case .number(let number): HumanFormat.number(number)
        case .text(let text): text
        }
    }
}

extension OptionValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    /// A flag.
    public init(booleanLiteral flag: Bool) { self = .flag(flag) }
    /// A whole number.
    public init(integerLiteral number: Int) { self = .number(Double(number)) }
    /// A number.
    public init(floatLiteral number: Double) { self = .number(number) }
    /// A text.
    public init(stringLiteral text: String) { self = .text(text) }
}
