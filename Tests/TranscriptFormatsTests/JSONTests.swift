import Foundation
import Testing
import TranscriptFormats

@Suite struct JSONTests {
    @Test func keysKeepTheirOrder() {
        let keys = "zyxwvutsrqponmlkjihgfedcba".map(String.init)
        let expected = "{" + keys.map { "\"\($0)\": \"\($0)\"" }.joined(separator: ", ") + "}"
        #expect(JSONValue.object(keys.map { ($0, .string($0)) }).text == expected)
    }

    @Test func literalsMakeTheJSONTheyShow() {
        let value: JSONValue = ["b": [1, 2.5, "x", true, false, nil], "a": [:], "c": [], "b": -7]
        #expect(value.text == #"{"b": [1, 2.5, "x", true, false, null], "a": {}, "c": [], "b": -7}"#)
    }

    @Test func anAbsentTextIsNull() {
        #expect(JSONValue.array([JSONValue(String?.none), JSONValue("x" as String?)]).text == #"[null, "x"]"#)
    }

    @Test(arguments: [
        ("", ""), ("a/b", "a/b"), ("\"", #"\""#), ("\\", #"\\"#), ("\\\"", #"\\\""#),
        ("a\nb\r\nc\td", #"a\nb\r\nc\td"#),
        ("\u{8}\u{C}", #"\b\f"#), ("\u{0}\u{1}\u{B}\u{1F}", #"\u0000\u0001\u000b\u001f"#), ("\u{7F}", "\u{7F}"),
        ("naïve 你好 👩‍👩‍👧", "naïve 你好 👩‍👩‍👧"), ("\u{2028}\u{2029}", "\u{2028}\u{2029}"),
        ("\"\u{301}", "\\\"\u{301}"),
    ])
    func escapesOnlyWhatJSONForbids(text: String, escaped: String) {
        #expect(Array(JSONValue.string(text).text.utf8) == Array("\"\(escaped)\"".utf8))
        #expect(Array(JSONValue.object([(text, nil)]).text.utf8) == Array("{\"\(escaped)\": null}".utf8))
    }

    @Test(arguments: [
        ("null", "null"), (" true ", "true"), ("-7", "-7"), ("2.5", "2.5"), ("1e20", "100000000000000000000"),
        (#""\u00e9""#, "\"é\""),
        (#"[1, [], {"a": {"b": null}}]"#, #"[1, [], {"a": {"b": null}}]"#),
    ])
    func parsedJSONIsWrittenUnchanged(json: String, text: String) throws {
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)).text == text)
    }

    @Test(arguments: [
        "", "{", "nul", "[1 2]", #""\ud800""#, "\"a\nb\"", #"{"a": "\ud800"}"#, "1e400", "{} x",
        String(repeating: "[", count: 100_000),
    ])
    func invalidJSONIsRefused(json: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)) }
    }

    @Test func membersAreFoundByName() throws {
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(#"{"a": "x", "b": [null], "c": {}}"#.utf8))
        #expect(value.isObject && value["a"]?.string == "x" && value["c"]?.isObject == true)
        #expect(value["b"]?.array?.first?.isNull == true && value["d"] == nil && value["a"]?["a"] == nil)
        #expect(value.string == nil && value.array == nil && !value.isNull)
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (2.5, "2.5"), (3, "3"), (-1, "-1"), (12.345, "12.345"), (0.001, "0.001"),
        (0.1, "0.1"),
        (1e-5, "0.00001"), (1.5e-7, "0.00000015"), (-2e-9, "-0.000000002"), (1e15, "1000000000000000"),
        (1e16, "10000000000000000"), (1.2345e20, "123450000000000000000"), (-1e17, "-100000000000000000"),
        (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
    ])
    func numbersAreShortAndWithoutExponent(number: Double, text: String) {
        #expect(JSONValue.number(number).text == text)
    }

    @Test func everyFiniteNumberSurvivesTheRoundTrip() {
        var generator = SeededGenerator(seed: 1)
        let allowed = Set("-.0123456789")
        for _ in 0..<5000 {
            let number = Double(bitPattern: .random(in: 0 ... .max, using: &generator))
            guard number.isFinite else { continue }
            let text = JSONValue.number(number).text
            #expect(Double(text) == number && Set(text).isSubset(of: allowed), "\(number) prints as \(text)")
        }
    }

    @Test func everyTextSurvivesTheRoundTrip() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            let key = randomText(using: &generator)
            let text = randomText(using: &generator)
            let json = JSONValue.object([(key, .array([.string(text)]))]).text
            #expect(!json.utf8.contains { $0 < 0x20 })
            let members = try object(json)
            let values = try #require(members.first?.value as? [String])
            // Compared by scalars: `==` on strings calls canonically equal texts equal.
            #expect(members.keys.map { Array($0.unicodeScalars) } == [Array(key.unicodeScalars)])
            #expect(values.map { Array($0.unicodeScalars) } == [Array(text.unicodeScalars)])
        }
    }
}

/// Random text with every kind of character that matters for JSON.
func randomText(using generator: inout SeededGenerator) -> String {
    let kinds: [ClosedRange<UInt32>] = [
        0...0x1F, 0x20...0x7F, 0x22...0x22, 0x5C...0x5C, 0x80...0x24F, 0x300...0x36F, 0x2028...0x2029,
        0x4E00...0x9FFF,
        0x1F300...0x1FAFF, 0x10FFF0...0x10FFFF,
    ]
    let scalars = (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ -> Unicode.Scalar? in
        guard let kind = kinds.randomElement(using: &generator) else { return nil }
        return Unicode.Scalar(UInt32.random(in: kind, using: &generator))
    }
    return String(String.UnicodeScalarView(scalars))
}
