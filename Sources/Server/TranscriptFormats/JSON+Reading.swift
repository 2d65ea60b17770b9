extension JSONValue: Decodable {
    /// Decodes any value. The members of an object are in the decoder's order, which may differ from that of the text.
    public init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
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

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The value of an object's member; `nil` if this is not an object, or has no such member.
    public subscript(name: String) -> Self? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == name }?.1
    }

    /// The text; `nil` if this is not a string.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The values of a list; `nil` if this is not a list.
    public var array: [Self]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    /// Whether this is `null`.
    public var isNull: Bool {
        guard case .null = self else { return false }
        return true
    }

    /// Whether this is an object.
    public var isObject: Bool {
        guard case .object = self else { return false }
        return true
    }
}
