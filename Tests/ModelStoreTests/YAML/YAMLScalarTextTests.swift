import Testing

@testable import ModelStore

struct YAMLScalarTextTests {
    @Test(arguments: [
        "whisper-base.en", "https://github.com/a/b-1.0.tar.bz2", "exp/encoder-epoch-12.int8.onnx",
        "data/lang_char/t.txt",
        "7a38ed8b13f014ad632b09ff8d22e0c6f1359dd046af9235d281dfae841b9ab9",
    ])
    func ordinaryTextStaysPlain(text: String) {
        #expect(text.yamlScalar == text)
    }

    @Test(arguments: [
        "", "no", "True", "null", "~", "12", "0x1F", "1_000", "1:30", "1e5", ".5", "-x", "- x", "a: b", "a:", "a #b",
        "#a",
        "&a", "*a", "!a", "a b", " a", "a ", "\"a\"", "'a'", "a\\b", "a\nb", "\u{1}", "\u{7F}", "é", "{a}", "[a]",
        "a,b",
        "%a", "@a", "---", "...", "<<", "?", "|", ">", "a\tb", "日本",
    ])
    func allElseIsQuotedAndReadBackUnchanged(text: String) throws {
        let written = text.yamlScalar
        #expect(written.hasPrefix("\"") && written.hasSuffix("\""))
        guard case .mapping(let mapping) = try YAMLNode.compose("key: \(written)\n\(written): value\n") else {
            Issue.record("no mapping: \(written)")
            return
        }
        #expect(mapping.pairs.map { $0.value.scalar?.string } == [text, "value"])
        #expect(mapping.pairs.last?.key.scalar?.string == text)
    }
}
