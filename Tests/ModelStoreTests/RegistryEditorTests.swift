import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Entries that are added to the text of models.yaml.
struct RegistryEditorTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: String
        let after: String
    }

    private static func add(_ text: String, name: String = "new") throws -> String {
        try RegistryEditor.adding(addition(name), to: text, file: "/models.yaml")
    }

    static func addition(_ name: String = "new") throws -> RegistryAddition {
        try RegistryAddition(yaml: "  \(name):\n    dir: d\n    files:\n      model: m.onnx\n")
    }

    private static let shapes = [
        Shape(
            testDescription: "an entry at the end", before: "models:\n  a:\n    dir: a\n",
            after: "models:\n  a:\n    dir: a\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "no last line break", before: "models:\n  a:\n    dir: a",
            after: "models:\n  a:\n    dir: a\n  new:\n    dir: d\n    files:\n      model: m.onnx"),
        Shape(
            testDescription: "line ends of Windows", before: "models:\r\n  a: {dir: a}\r\nnum_threads: 2\r\n",
            after:
                "models:\r\n  a: {dir: a}\r\n  new:\r\n    dir: d\r\n    files:\r\n      model: m.onnx\r\nnum_threads: 2\r\n"
        ),
        Shape(
            testDescription: "line ends of Windows without the last", before: "models:\r\n  a: {dir: a}",
            after: "models:\r\n  a: {dir: a}\r\n  new:\r\n    dir: d\r\n    files:\r\n      model: m.onnx"),
        Shape(
            testDescription: "line ends of old Macs", before: "models:\r  a: 1\r",
            after: "models:\r  a: 1\r  new:\r    dir: d\r    files:\r      model: m.onnx\r"),
        Shape(
            testDescription: "a byte order mark", before: "\u{FEFF}models:\n  a: 1\n",
            after: "\u{FEFF}models:\n  a: 1\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "letters of several bytes",
            before: "# Größe 語 👍\nmodels:\n  ä: \"語👍\"  # né\nnum_threads: 1\n",
            after:
                "# Größe 語 👍\nmodels:\n  ä: \"語👍\"  # né\n  new:\n    dir: d\n    files:\n      model: m.onnx\nnum_threads: 1\n"
        ),
        Shape(
            testDescription: "sections, comments and empty lines after it",
            before: "models:\n  a:\n    dir: a  # mine\n\n    # about a\n\n# Names\naliases: {b: a}\n",
            after:
                "models:\n  a:\n    dir: a  # mine\n\n    # about a\n  new:\n    dir: d\n    files:\n      model: m.onnx\n\n# Names\naliases: {b: a}\n"
        ),
        Shape(
            testDescription: "entries that are comments", before: "models:\n  a: 1\n  # b:\n  #   dir: b\n",
            after: "models:\n  a: 1\n  # b:\n  #   dir: b\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "four spaces", before: "models:\n    a:\n        dir: a\n",
            after:
                "models:\n    a:\n        dir: a\n    new:\n        dir: d\n        files:\n            model: m.onnx\n"
        ),
        Shape(
            testDescription: "one space", before: "models:\n a:\n  dir: a\nx: 1\n",
            after: "models:\n a:\n  dir: a\n new:\n  dir: d\n  files:\n   model: m.onnx\nx: 1\n"),
        Shape(
            testDescription: "an indented file", before: "  models:\n     a: 1\n  x: 1\n",
            after: "  models:\n     a: 1\n     new:\n        dir: d\n        files:\n           model: m.onnx\n  x: 1\n"
        ),
        Shape(
            testDescription: "empty braces", before: "models: {}  # none\nx: 1\n",
            after: "models: {new: {dir: d, files: {model: m.onnx}}}  # none\nx: 1\n"),
        Shape(
            testDescription: "braces", before: "models: { a: {dir: a} }\n",
            after: "models: { a: {dir: a}, new: {dir: d, files: {model: m.onnx}} }\n"),
        Shape(
            testDescription: "braces with a last comma", before: "models: {a: {dir: a}, }\n",
            after: "models: {a: {dir: a}, new: {dir: d, files: {model: m.onnx}}, }\n"),
        Shape(
            testDescription: "braces on several lines", before: "models: {\n  a: {dir: a}  # mine, all mine\n}\n",
            after: "models: {\n  a: {dir: a},  # mine, all mine\n  new: {dir: d, files: {model: m.onnx}}\n}\n"),
        Shape(
            testDescription: "braces on several lines with a last comma",
            before: "models: {\n    a: {dir: a},  # mine\n    # more\n}\nx: 1\n",
            after:
                "models: {\n    a: {dir: a},  # mine\n    new: {dir: d, files: {model: m.onnx}},\n    # more\n}\nx: 1\n"
        ),
        Shape(
            testDescription: "all in braces", before: "{num_threads: 1, models: {a: 1}}",
            after: "{num_threads: 1, models: {a: 1, new: {dir: d, files: {model: m.onnx}}}}"),
        Shape(
            testDescription: "JSON", before: "{\n  \"models\": {\n    \"a\": {\"dir\": \"a\"}\n  }\n}\n",
            after:
                "{\n  \"models\": {\n    \"a\": {\"dir\": \"a\"},\n    new: {dir: d, files: {model: m.onnx}}\n  }\n}\n"),
        Shape(
            testDescription: "nothing below models", before: "models:\nx: 1\n",
            after: "models:\n  new:\n    dir: d\n    files:\n      model: m.onnx\nx: 1\n"),
        Shape(
            testDescription: "only comments below models", before: "models:  # mine\n  # none yet\n\n# more\nx: 1\n",
            after:
                "models:  # mine\n  # none yet\n  new:\n    dir: d\n    files:\n      model: m.onnx\n\n# more\nx: 1\n"),
        Shape(
            testDescription: "null", before: "models: null  # none\nx: 1\n",
            after: "models:   # none\n  new:\n    dir: d\n    files:\n      model: m.onnx\nx: 1\n"),
        Shape(
            testDescription: "a tilde at the end", before: "x:\n    y: 1\nmodels: ~",
            after: "x:\n    y: 1\nmodels: \n    new:\n        dir: d\n        files:\n            model: m.onnx"),
        Shape(
            testDescription: "null in braces", before: "{models: null, x: 1}\n",
            after: "{models: {new: {dir: d, files: {model: m.onnx}}}, x: 1}\n"),
        Shape(
            testDescription: "nothing in braces", before: "{x: 1, models: }\n",
            after: "{x: 1, models: {new: {dir: d, files: {model: m.onnx}}}}\n"),
        Shape(
            testDescription: "no models", before: "num_threads: 2\n# the end\n",
            after: "num_threads: 2\n# the end\n\nmodels:\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "no models and no last line break", before: "num_threads: 2",
            after: "num_threads: 2\n\nmodels:\n  new:\n    dir: d\n    files:\n      model: m.onnx"),
        Shape(
            testDescription: "no models in braces", before: "{num_threads: 2}\n",
            after: "{num_threads: 2, models: {new: {dir: d, files: {model: m.onnx}}}}\n"),
        Shape(
            testDescription: "an empty mapping", before: "{}\n",
            after: "{models: {new: {dir: d, files: {model: m.onnx}}}}\n"),
        Shape(
            testDescription: "an empty file", before: "",
            after: "models:\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "a file of comments", before: "# mine\n",
            after: "# mine\n\nmodels:\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "an empty document", before: "---\n# mine\n...\n",
            after: "---\n# mine\n\nmodels:\n  new:\n    dir: d\n    files:\n      model: m.onnx\n...\n"),
        Shape(
            testDescription: "a document with its marks",
            before: "%YAML 1.1\n--- # mine\nmodels:\n  a: 1\n...\n# the end\n",
            after:
                "%YAML 1.1\n--- # mine\nmodels:\n  a: 1\n  new:\n    dir: d\n    files:\n      model: m.onnx\n...\n# the end\n"
        ),
        Shape(
            testDescription: "anchors and aliases", before: "models: &all\n  a: &a {dir: a}\n  b: *a\nx: *a\n",
            after:
                "models: &all\n  a: &a {dir: a}\n  b: *a\n  new:\n    dir: d\n    files:\n      model: m.onnx\nx: *a\n"),
        Shape(
            testDescription: "a text block at the end",
            before: "models:\n  a:\n    dir: |\n      one\n      # two\n\nx: 1\n",
            after:
                "models:\n  a:\n    dir: |\n      one\n      # two\n\n  new:\n    dir: d\n    files:\n      model: m.onnx\nx: 1\n"
        ),
        Shape(
            testDescription: "a text of several lines",
            before: "models:\n  a:\n    dir: 'one\n\n      two'  # three\nx: 1\n",
            after:
                "models:\n  a:\n    dir: 'one\n\n      two'  # three\n  new:\n    dir: d\n    files:\n      model: m.onnx\nx: 1\n"
        ),
        Shape(
            testDescription: "a list at the end", before: "models:\n  a:\n    dir:\n    - x\n    - y\n",
            after:
                "models:\n  a:\n    dir:\n    - x\n    - y\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "an entry without content", before: "models:\n  a:\n    dir:   # where?\nx: 1\n",
            after: "models:\n  a:\n    dir:   # where?\n  new:\n    dir: d\n    files:\n      model: m.onnx\nx: 1\n"),
        Shape(
            testDescription: "a quoted key", before: "\"models\":\n  'a': 1\n",
            after: "\"models\":\n  'a': 1\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "keys with question marks", before: "? models\n: ? a\n  : 1\n",
            after: "? models\n: ? a\n  : 1\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "models that are an entry of something else",
            before: "x:\n  models:\n    b: 1\nmodels:\n  a: 1\n",
            after:
                "x:\n  models:\n    b: 1\nmodels:\n  a: 1\n  new:\n    dir: d\n    files:\n      model: m.onnx\n"),
        Shape(
            testDescription: "spaces after the end", before: "models:\n  a: 1   \n   ",
            after: "models:\n  a: 1   \n  new:\n    dir: d\n    files:\n      model: m.onnx\n   "),
    ]

    @Test(arguments: shapes)
    func anEntryIsAddedAndTheRestStays(shape: Shape) throws {
        #expect(try Self.add(shape.before) == shape.after)
    }

    /// Further entries go behind the first.
    @Test(arguments: shapes)
    func entriesAreAddedOneAfterTheOther(shape: Shape) throws {
        let text = try Self.add(try Self.add(shape.before, name: "first"), name: "second")
        let root = try #require(try YAMLNode.compose(String(text.drop { $0 == "\u{FEFF}" })))
        guard case .mapping(let top) = root,
            case .mapping(let models) = top.pairs.first(where: { $0.key.scalar?.string == "models" })?.value
        else { throw NeverHappened("no models in \(text)") }
        #expect(models.pairs.suffix(2).map { $0.key.scalar?.string } == ["first", "second"])
    }

    @Test(arguments: [
        "models: *m\nx: &m {a: 1}\n", "x: &m {a: 1}\nmodels: *m\n", "models: &m {a: 1}\nx: *m\n", "models: &m\nx: *m\n",
        "models: [a]\n", "models: a\n", "--- ~\n",
    ])
    func aFormThatIsNotEditedIsAnErrorWithTheLinesToAdd(text: String) throws {
        let error = try #require(throws: RegistryEditError.self) { try Self.add(text) }
        guard text.contains("&m") && !text.hasPrefix("models: *m") || !text.contains("*m") else {
            #expect(error.code == .unreadable)
            return
        }
        #expect(error.code == .notEditable)
        #expect(error.description.contains("/models.yaml is written in a way that asr2clip does not edit."))
        #expect(error.description.hasSuffix("\n  new:\n    dir: d\n    files:\n      model: m.onnx"))
    }

    @Test(arguments: [
        ("models:\n  new: 1\n", "/models.yaml:2: There is a model 'new' already."),
        ("x: 1\naliases:\n  \"new\": a\n", "/models.yaml:3: There is an alias 'new' already."),
        ("x: &m {new: 1}\nmodels: *m\n", "/models.yaml:1: There is a model 'new' already."),
    ])
    func aNameThatIsTakenIsAnError(text: String, message: String) throws {
        let error = try #require(throws: RegistryEditError.self) { try Self.add(text) }
        #expect(error.code == .nameTaken)
        #expect(error.description == message)
    }

    @Test(arguments: ["models: [\n", "models: 1\nmodels: 2\n", "- a\n", "text\n", "a: 1\n--- {}\n", "a: \u{1}\n"])
    func aBrokenFileIsAnErrorWithItsLine(text: String) throws {
        let error = try #require(throws: RegistryEditError.self) { try Self.add(text) }
        #expect(error.code == .unreadable)
        #expect(error.description.hasPrefix("/models.yaml:"), "\(error)")
    }

    /// Names and values that must be quoted in some places.
    @Test(arguments: [
        "no", "3", "a b", "ä", "a: b", "{a}", "a,b", "-", "#a", "a#b", "\"", "*a", "~", "\u{85}", "\t", "👍",
    ])
    func namesAndValuesKeepTheirMeaning(text: String) throws {
        let quoted = text.unicodeScalars.map {
            "\\U" + String(repeating: "0", count: 8 - String($0.value, radix: 16).count) + String($0.value, radix: 16)
        }.joined()
        let addition = try RegistryAddition(
            yaml: "\"\(quoted)\": {dir: \"\(quoted)\", flag: yes, number: 0.5, list: [\"\(quoted)\", 2]}")
        for before in ["models:\n  a: 1\n", "models: {a: 1}\n", "models: {\n  a: 1\n}\n"] {
            let after = try RegistryEditor.adding(addition, to: before, file: "f")
            guard case .mapping(let top) = try YAMLNode.compose(after), case .mapping(let models) = top.pairs[0].value,
                case .mapping(let entry) = models.pairs[1].value
            else { throw NeverHappened(after) }
            #expect(models.pairs[1].key.scalar?.string == text)
            #expect(entry.pairs[0].value.scalar?.string == text)
            #expect(entry.pairs[0].value.scalar?.isValue == false)
            #expect(entry.pairs[1].value.scalar?.boolean() == true)
            #expect(entry.pairs[2].value.scalar?.number == 0.5)
        }
    }

    @Test func everyEntryOfTheCatalogueCanBeAdded() throws {
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")
        for entry in Catalogue.builtIn.entries {
            let addition = try RegistryAddition(yaml: entry.registryYAML)
            for start in [DefaultRegistry.yaml, "models: {}\n"] {
                let text = try RegistryEditor.adding(addition, to: start, file: "f")
                let registry = try ModelRegistry.parse(text, file: "f", paths: paths)
                #expect(registry.problems == [])
                #expect(registry.entries.last?.name == entry.name)
                #expect(registry.entries.last?.download == entry.download)
                if start == DefaultRegistry.yaml { #expect(text == start + entry.registryYAML) }
            }
        }
    }

    /// Registries of all forms, generated: the result always has the old keys and the new entry, or the lines to add.
    @Test func generatedRegistriesKeepAllTheyHave() throws {
        var generator = RegistryGenerator(seed: 20_261_128)
        var refused = 0
        let rounds = 3000
        for round in 0..<rounds {
            let text = generator.text()
            #expect(throws: Never.self, "round \(round): \(text.debugDescription)") { try YAMLNode.compose(text) }
            do {
                let after = try Self.add(text)
                try expectOnlyAdded(text, after, "round \(round): \(text.debugDescription)")
            } catch let error as RegistryEditError {
                #expect(error.code == .notEditable, "round \(round): \(text.debugDescription): \(error)")
                refused += 1
            }
        }
        #expect(refused < rounds / 100, "\(refused) of \(rounds)")
    }

    /// Without the lines or words that were added, the text is the old one.
    private func expectOnlyAdded(_ before: String, _ after: String, _ comment: Comment) throws {
        var rest = Array(before.unicodeScalars)[...]
        // What is removed at most is a null below models.
        for scalar in after.unicodeScalars where rest.first == scalar { rest = rest.dropFirst() }
        let left = String(String.UnicodeScalarView(rest))
        #expect(
            rest.isEmpty || before.contains("null") || before.contains("~"), "\(left.debugDescription) of \(comment)")
    }
}

/// Makes registries in many forms.
struct RegistryGenerator {
    private var generator: SeededGenerator
    /// The indentation of the text that is being made.
    private var step = 2

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    private mutating func any(_ texts: String...) -> String { texts.randomElement(using: &generator) ?? "" }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    private func spaces(_ level: Int) -> String { String(repeating: " ", count: level * step) }

    private mutating func comment(_ level: Int) -> String {
        any("", "", "\(spaces(level))# ü: {a, b}\n", "\n", "\(spaces(level))#\n\n", "# ---\n", "\n\n", "  \n")
    }

    mutating func text() -> String {
        step = number(1...4)
        var text = number(0...5) == 0 ? flow() : block()
        if number(0...3) == 0, text.hasSuffix("\n") { text.removeLast() }
        if number(0...3) == 0 { text = text.replacingOccurrences(of: "\n", with: "\r\n") }
        return number(0...7) == 0 ? "\u{FEFF}" + text : text
    }

    private mutating func flow() -> String {
        let gap = any("", " ", "\n  ", " # c, d }\n  ")
        let entries = (0..<number(0...3)).map { index in
            gap + any("e\(index)", "'e\(index)'", "\"e\(index)\"") + ": {dir: \(any("d", "\"d,}\"", "[1, 2]"))}"
        }
        let models = "models: {\(entries.joined(separator: ","))\(entries.isEmpty ? "" : any("", ","))\(gap)}"
        let end = any("", "\n", "\n# end\n", " # end\n")
        return any(any("", "---\n") + models, any("", "--- ", "---\n") + "{x: 1, \(models)}") + end
    }

    private mutating func block() -> String {
        var sections: [String] = []
        if number(0...9) > 0 { sections.append(models()) }
        if sections.isEmpty || number(0...1) > 0 {
            sections.append("num_threads: 4\(any("", " # four"))\n\(comment(0))")
        }
        if number(0...1) > 0 { sections.append("aliases:\n\(spaces(1))b: e0\n\(comment(1))") }
        if number(0...1) > 0 { sections.reverse() }
        return any("", "# top\n", "\n", "---\n", "%YAML 1.1\n---\n", "--- # c\n") + sections.joined()
            + any("", "", "...\n", "# end\n", "   ", "\n\n")
    }

    private mutating func models() -> String {
        var text = "models:\(any("", " # m", "   ", " &anchor"))\n\(comment(1))"
        for index in 0..<number(0...3) {
            let name = any("e\(index)", "\"é\(index)\"", "'e\(index)'", "? e\(index)\n\(spaces(1))")
            text += "\(spaces(1))\(name):\(any("", "  # e"))\n\(comment(2))\(spaces(2))dir: "
            // A comment behind a block of text would be a part of it.
            text += any(
                "|\n\(spaces(3))block\n\(spaces(3))# no comment\n", ">-\n\(spaces(3))f\n\n\(spaces(3))g\n",
                any("d", "\"d # x\"", "'d'", "d e", "[a,\n\(spaces(3))b]", "\"a\n\(spaces(3))b\"", "&x\(index) d", "")
                    + any("", "  # c") + "\n",
                "&y\(index) {a: b}\n\(spaces(2))more: *y\(index)\n")
            if number(0...1) > 0 {
                text += "\(spaces(2))files:\n\(comment(3))\(spaces(3))model: \(any("m", "~", "{a: b}", "- x", ""))\n"
                    .replacing(": - x", with: ":\n\(spaces(3))- x")
            }
            text += comment(number(0...3))
        }
        return text
    }
}
