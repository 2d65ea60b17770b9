/// A JSON value whose objects keep the order of their keys; Foundation's encoder orders them at random.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Any other number; infinities and NaN, which JSON lacks, become `null`.
    case number(Double)
    /// A text without escapes, which are added when it is written.
    case string(String)
    case array([JSONValue])
    /// Members in order. Repeated keys are not prevented.
    case object([(String, JSONValue)])

    /// A string, or `null` for `nil`.
    package init(_ text: String?) {
        self = text.map(JSONValue.string) ?? .null
    }

    /// The value as one line of JSON: `{"text": "a/b", "n": [1, 2.5]}`.
    ///
    /// Slashes and non-ASCII characters are not escaped; numbers are as short as possible, without exponent.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.jsonText
        case .string(let value): value.quoted
        case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { "\($0.quoted): \($1.text)" }.joined(separator: ", ") + "}"
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object, `["key": value]`; the order is kept.
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }
}

extension String {
    fileprivate var quoted: String {
        var text = "\""
        var rest = utf8[...]
        while let index = rest.firstIndex(where: Self.mustEscape) {
            text += Substring(rest[..<index])  // what is escaped is ASCII, so this never cuts a character
            text += Self.escape(rest[index])
            rest = rest[rest.index(after: index)...]
        }
        return text + Substring(rest) + "\""
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

extension JSONValue: Decodable {
    /// Decodes any value. The members of an object are in the decoder's order, which may differ from that of the text.
    package init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: MemberName.self) {
            self = .object(try object.allKeys.map { ($0.stringValue, try object.decode(Self.self, forKey: $0)) })
        } else if var list = try? decoder.unkeyedContainer() {
            var values: [Self] = []
            while !list.isAtEnd { values.append(try list.decode(Self.self)) }
            self = .array(values)
        } else {
            self = try Self(try decoder.singleValueContainer())
        }
    }

    private init(_ container: any SingleValueDecodingContainer) throws {
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let number = try? container.decode(Int.self) {
            self = .integer(number)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if container.decodeNil() {
            self = .null
        } else {
            self = .bool(try container.decode(Bool.self))
        }
    }

    private struct MemberName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The value of an object's member; `nil` if this is not an object, or has no such member.
    package subscript(name: String) -> Self? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == name }?.1
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    /// A number as a `Double`.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
    package var array: [Self]? { if case .array(let values) = self { values } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }
    package var isObject: Bool { if case .object = self { true } else { false } }
}
