import Testing

@testable import ModelStore

struct YAMLScalarTests {
    @Test(arguments: [
        ("0", 0), ("4", 4), ("+7", 7), ("-5", -5), ("1_000", 1000), ("0x1F", 31), ("-0x1f", -31), ("0b101", 5),
        ("0o17", 15),
        ("017", 15), ("0_7", 7), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
        ("9223372036854775808", nil), ("0x8000000000000000", nil), ("08", nil), ("1.0", nil), ("1e3", nil),
        ("1:30", nil),
        ("9223372036854775807:59", nil), ("", nil), ("0x", nil), ("x", nil), ("'4'", nil), ("\"4\"", nil),
    ])
    func integersFollowYAML(yaml: String, number: Int?) throws {
        #expect(try YAMLNode.compose("a: \(yaml)")?.value?.wholeNumber == number)
    }

    @Test(arguments: [
        ("0.5", 0.5), ("-2", -2), ("1_0.5", 10.5), ("1.5e3", 1500), (".5", 0.5), ("1:30", 90), ("-1:30.5", -90.5),
        ("1:x", nil), ("half", nil), ("'1'", nil), ("", nil),
    ])
    func floatsFollowYAML(yaml: String, number: Double?) throws {
        #expect(try YAMLNode.compose("a: \(yaml)")?.value?.number == number)
    }
}

extension YAMLNode {
    /// The scalar of the only key.
    fileprivate var value: Scalar? {
        guard case .mapping(let mapping) = self else { return nil }
        return mapping.pairs.first?.value.scalar
    }
}
