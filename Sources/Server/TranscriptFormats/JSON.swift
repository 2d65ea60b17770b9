/// A JSON value whose objects keep the order of their keys.
///
/// Foundation's encoder orders keys at random; responses should have the order of the documentation.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// Any other number; infinities and NaN, which JSON lacks, become `null`.
    case number(Double)
    /// A text without escapes, which are added when it is written.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in order. Repeated keys are not prevented.
    case object([(String, JSONValue)])

    /// A string, or `null` for `nil`.
    public init(_ text: String?) {
        self = text.map(JSONValue.string) ?? .null
    }

    /// The value as one line of JSON: `{"text": "a/b", "n": [1, 2.5]}`.
    ///
    /// Slashes and non-ASCII characters are not escaped; numbers are as short as possible, without exponent.
    public var text: String {
        var line = ""
        write(to: &line)
        return line
    }

    private func write(to line: inout String) {
        switch self {
        case .null: line += "null"
        case .bool(let value): line += value ? "true" : "false"
        case .integer(let value): line += String(value)
        case .number(let value): line += value.jsonText
        case .string(let value): line.appendQuoted(value)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += ", " }
                value.write(to: &line)
            }
            line += "]"
        case .object(let members):
            line += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { line += ", " }
                line.appendQuoted(member.0)
                line += ": "
                member.1.write(to: &line)
            }
            line += "}"
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `nil` means `null`.
    public init(nilLiteral: ()) { self = .null }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A list, `[a, b]`.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object, `["key": value]`; the order is kept.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }
}

extension String {
    fileprivate mutating func appendQuoted(_ text: String) {
        self += "\""
        var rest = text.utf8[...]
        while let index = rest.firstIndex(where: Self.mustEscape) {
            self += Substring(rest[..<index])  // what is escaped is ASCII, so this never cuts a character
            self += Self.escape(rest[index])
            rest = rest[rest.index(after: index)...]
        }
        self += Substring(rest)
        self += "\""
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "\\"): "\\\\"
        case UInt8(ascii: "\n"): "\\n"
        case UInt8(ascii: "\r"): "\\r"
        case UInt8(ascii: "\t"): "\\t"
        case 0x08: "\\b"
        case 0x0C: "\\f"
        default: (byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16)
        }
    }
}

extension Double {
    /// The shortest decimal that reads back as the same number.
    fileprivate var jsonText: String {
        guard isFinite else { return "null" }
        guard self != 0 else { return "0" }  // also -0.0
        let shortest = description
        let parts = shortest.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else {
            return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
        }
        // Swift writes d.ddde±x below 1e-4 and from 1e16, so the point is moved here.
        let digits = parts[0].filter(\.isNumber)
        let sign = self < 0 ? "-" : ""
        if exponent < 0 {
            return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
        }
        return sign + digits + String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    }
}
