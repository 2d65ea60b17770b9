import TestSupport
import Testing

@testable import ModelStore

struct YAMLNodeTests {
    @Test(arguments: [
        ("a: 1", "1{a@1: 1@1}"), ("\na:\n  'b': \"x\"\n", "2{a@2: 3{b'@3: x'@3}}"),
        ("- x\n- [y, {z: }]", "1[x@1, 2[y@2, 2{z@2: @2}]]"), ("text", "text@1"), ("--- |\n a\n b\n...\n", "a\nb\n'@1"),
        ("a: &x {b: c}\nd: *x", "1{a@1: 1{b@1: c@1}, d@2: 1{b@1: c@1}}"),
        ("a: &x 1\nb: &x 2\nc: *x", "1{a@1: 1@1, b@2: 2@2, c@3: 2@2}"),
        ("? [k]\n: v", "1{1[k@1]: v@2}"), ("\u{FEFF}a: 1\nb: 2", "1{a@1: 1@1, b@2: 2@2}"),
        ("%YAML 1.1\n---\na: !!str 1\r\n", "3{a@3: 1@3}"),
        (#"a: "\0\x41\u00e9\U0001F600""#, "1{a@1: \0Aé😀'@1}"), ("<<: {a: 1}\nb: 2", "1{<<@1: 1{a@1: 1@1}, b@2: 2@2}"),
    ])
    func yamlBecomesNodes(yaml: String, nodes: String) throws {
        #expect(try YAMLNode.compose(yaml).map(Self.shown) == nodes)
    }

    @Test(arguments: ["", "\n", "# nothing", "\u{FEFF}"])
    func anEmptyDocumentIsNoNode(yaml: String) throws {
        #expect(try YAMLNode.compose(yaml).map(Self.shown) == nil)
    }

    @Test(arguments: [
        ("a: [", 2, "did not find expected node content"), ("a: 1\nb: [\nc: d", 4, "in line 2"),
        ("a: 'x", 1, "not YAML"),
        ("a:\n\tb: 1", 2, "not YAML"), ("a: *x", 1, "found undefined alias"),
        ("a: &x [*x]", 1, "found undefined alias"),
        ("a: 1\n---\nb: 2", 2, "but found another document"), ("a: 1\nb: \0", 2, "control characters are not allowed"),
        ("a: \u{1}", 1, "control characters"), (#"a: "\ud800""#, 1, "invalid Unicode character escape code"),
        ("a: 1\nb: 2\na: 3\nb: 4", 1, "The key a, b is written again"),
        ("x: {a: 1}\ny: {b: 1, 'b': 2}", 2, "The key b"),
        ("%YAML 2.0\n--- a", 1, "incompatible YAML document"), ("a: !x!y z", 1, "undefined tag handle"),
        ("- a\nb: c", 2, "not YAML"), ("@", 1, "cannot start any token"),
    ])
    func invalidYAMLIsReportedWithItsLine(yaml: String, line: Int, part: String) throws {
        let error = #expect(throws: YAMLError.self) { try YAMLNode.compose(yaml) }
        #expect(error?.line == line)
        #expect(error?.description.contains(part) == true, "\(error as Any)")
    }

    @Test(arguments: [(99, true), (100, false), (1_000_000, false)])
    func nestingHasALimit(depth: Int, isRead: Bool) throws {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
            let yaml = String(repeating: open, count: depth) + "x" + String(repeating: close, count: depth)
            #expect(try isRead == (Self.composed(yaml) != nil), "\(open) \(depth)")
        }
    }

    @Test func aliasesCountAsTheirTargets() throws {
        func chain(_ count: Int) -> String {
            (1...count).map { "k\($0): &a\($0) [\($0 == 1 ? "x" : "*a\($0 - 1)")]" }.joined(separator: "\n")
        }
        #expect(try Self.composed(chain(98)) != nil)
        let error = #expect(throws: YAMLError.self) { try YAMLNode.compose(chain(100_000)) }
        #expect(error?.line == 99 && error?.description.contains("more than 100 deep") == true)
    }

    @Test func nestedAliasesTakeNoMemory() throws {
        let levels = (1..<50).map {
            "k\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]"
        }
        let keyed = "? &m {x: *a49, y: *a49}\n: 1\n? *m\n: 2"
        let yaml = (["k0: &a0 lol"] + levels + [keyed]).joined(separator: "\n")
        guard case .mapping(let root) = try YAMLNode.compose(yaml) else {
            Issue.record("no mapping")
            return
        }
        #expect(root.pairs.count == 52)
    }

    /// Files damaged at every position: each is parsed or rejected, without a crash.
    @Test func damagedYAMLIsParsedOrRefused() {
        var generator = SeededGenerator(seed: 21)
        let pieces = [
            "&a ", "*a", "{", "}", "[", "]", "\"", "'", "|\n", ">-\n", "? ", ": ", "- ", "---\n", "%TAG ! a\n", "!!",
            "\0", "\u{85}",
        ]
        var (read, refused) = (0, 0)
        for _ in 0..<20_000 {
            var bytes = Array(Self.sample.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, start + Int.random(in: 0...8, using: &generator))
                let piece =
                    Bool.random(using: &generator)
                    ? Array(pieces.randomElement(using: &generator)?.utf8 ?? "".utf8)
                    : [UInt8.random(in: 0...255, using: &generator)]
                bytes.replaceSubrange(start..<end, with: piece)
                if bytes.isEmpty { bytes = [0] }
            }
            do {
                _ = try YAMLNode.compose(String(decoding: bytes, as: UTF8.self)).map(Self.shown)
                read += 1
            } catch {
                #expect(error.line.map { $0 > 0 } == true)
                refused += 1
            }
        }
        #expect(read > 1_000 && refused > 1_000)
    }

    private static let sample = """
        default: &d {type: sense_voice, "dir": 'x y', n: 0x1F}
        models:
          a: *d
          b:
            - 1
            - text: |
                one
                two
            - >-
              folded
              text
          "é\\u00e9": [a, b, {c: d}]
        """

    private static func composed(_ yaml: String) throws -> YAMLNode? {
        do {
            return try YAMLNode.compose(yaml)
        } catch let error where error.description.contains("more than 100 deep") {
            return nil
        }
    }

    /// A node with its lines; a quote marks a scalar that is not plain.
    private static func shown(_ node: YAMLNode) -> String {
        switch node {
        case .scalar(let scalar): "\(scalar.string)\(scalar.isPlain ? "" : "'")@\(scalar.line)"
        case .sequence(let nodes, let line): "\(line)[\(nodes.map(shown).joined(separator: ", "))]"
        case .mapping(let mapping):
            "\(mapping.line){\(mapping.pairs.map { "\(shown($0.key)): \(shown($0.value))" }.joined(separator: ", "))}"
        }
    }
}
