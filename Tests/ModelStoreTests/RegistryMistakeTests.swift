import Foundation
import Testing

@testable import ModelStore

/// Each row breaks a valid registry in one place, and expects one problem with the right line that says what to write.
struct RegistryMistakeTests {
    static let good = """
        default_model: a
        num_threads: 4
        keep_alive: 15m
        aliases:
          whisper-1: a
        models:
          a:
            type: sense_voice
            dir: folder
            files:
              model: m.onnx
              tokens: t.txt
            options:
              language: en
              use_itn: true
            download:
              url: https://host/a.tar.bz2
              archive_subdir: inner
              sha256: 00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF
              size: 1000
          b:
            type: moonshine
            dir: /models/b
            files: {encoder: e.ort, merged_decoder: d.ort, tokens: t.txt}
        max_loaded_models: 3
        max_queue: 64
        drain_delay: 10s
        """

    struct Row: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let line: Int
        let part: String
        var subject = RegistryProblem.Subject.model("a")
        var severity = FieldReader.Severity.error

        var testDescription: String { "\(old) → \(new)" }
    }

    static let ofEntries = [
        Row(old: "type: sense_voice", new: "type: kaldi", line: 8, part: "one of sense_voice, whisper, paraformer"),
        Row(old: "    type: sense_voice\n", new: "", line: 7, part: "'type' is missing or empty"),
        Row(old: "type: sense_voice", new: "type: [whisper]", line: 8, part: "must be text, not a list"),
        Row(old: "dir: folder", new: "dir:", line: 9, part: "'dir' is missing or empty"),
        Row(old: "dir: folder", new: "dir: \"\"", line: 9, part: "'dir' is empty"),
        Row(old: "dir: folder", new: "dir: no", line: 9, part: "write dir: \"no\""),
        Row(old: "      tokens: t.txt\n", new: "", line: 10, part: "lacks tokens; sense_voice needs model, tokens"),
        Row(
            old: "tokens: t.txt\n", new: "tokens: t.txt\n      encoder: e\n", line: 13, part: "'encoder' is no file of"),
        Row(old: "      model: m.onnx\n      tokens: t.txt\n", new: "", line: 10, part: "'files' is missing or empty"),
        Row(
            old: "files:\n      model: m.onnx\n      tokens: t.txt", new: "files: {}", line: 10,
            part: "write the keys model, tokens"),
        Row(old: "files:\n      model: m.onnx\n      tokens: t.txt", new: "files: m.onnx", line: 10, part: "a mapping"),
        Row(old: "model: m.onnx", new: "model: /etc/passwd", line: 11, part: "not inside the model's folder"),
        Row(old: "model: m.onnx", new: "model: sub/../../m", line: 11, part: "not inside the model's folder"),
        Row(old: "model: m.onnx", new: "model: .", line: 11, part: "not inside the model's folder"),
        Row(old: "model: m.onnx", new: "model: on", line: 11, part: "'on' without quotes means true"),
        Row(old: "language: en", new: "language: no", line: 14, part: "write language: \"no\""),
        Row(old: "language: en", new: "language: {}", line: 14, part: "must be text, not a mapping"),
        Row(old: "language: en", new: "language: english, please", line: 14, part: "is no language code"),
        Row(old: "use_itn: true", new: "use_itn: maybe", line: 15, part: "must be true or false, not 'maybe'"),
        Row(old: "use_itn: true", new: "use_itn: \"true\"", line: 15, part: "write use_itn: true"),
        Row(old: "options:\n      language: en\n      use_itn: true", new: "options: 3", line: 13, part: "a mapping"),
        Row(old: "      url: https://host/a.tar.bz2\n", new: "", line: 16, part: "'url' is missing"),
        Row(old: "url: https://host/a.tar.bz2", new: "url: ftp://host/a", line: 17, part: "no http or https address"),
        Row(old: "url: https://host/a.tar.bz2", new: "url: a.tar.bz2", line: 17, part: "no http or https address"),
        Row(old: "url: https://host/a.tar.bz2", new: "url: 'https://'", line: 17, part: "no http or https address"),
        Row(old: "archive_subdir: inner", new: "archive_subdir: ../x", line: 18, part: "inside the archive"),
        Row(old: "sha256: 0011", new: "sha256: 001", line: 19, part: "64 hexadecimal digits"),
        Row(old: "sha256: 0011", new: "sha256: 00gg", line: 19, part: "64 hexadecimal digits"),
        Row(old: "dir: folder", new: "dir: folder\n    max_queue: 0", line: 10, part: "write max_queue: 8"),
        Row(old: "size: 1000", new: "size: -1", line: 20, part: "a whole number above 0, not '-1'"),
        Row(old: "size: 1000", new: "size: 1 MB", line: 20, part: "a whole number above 0"),
        Row(
            old: "files: {encoder: e.ort, merged_decoder: d.ort, tokens: t.txt}",
            new: "files: {encoder: e, cached_decoder: c, preprocessor: p, tokens: t}", line: 24,
            part: "lacks uncached_decoder", subject: .model("b")),
        Row(
            old: "files: {encoder: e.ort, merged_decoder: d.ort, tokens: t.txt}",
            new: "files: {encoder: e, merged_decoder: d, preprocessor: p, tokens: t}", line: 24,
            part: "'preprocessor' is no file of moonshine; it needs encoder, merged_decoder, tokens, or cached_decoder",
            subject: .model("b")),
        Row(
            old: "    type: moonshine\n    dir: /models/b\n"
                + "    files: {encoder: e.ort, merged_decoder: d.ort, tokens: t.txt}", new: "", line: 21,
            part: "'b' is missing or empty; write type:, dir: and files:", subject: .model("b")),
    ]

    @Test(arguments: ofEntries)
    func onlyABadEntryIsDisabledWithAReason(row: Row) throws {
        let registry = try Self.parse(row)
        let problem = try #require(registry.problems.first)
        #expect(registry.problems.count == 1)
        #expect(problem.line == row.line)
        #expect(problem.message.contains(row.part), "\(problem)")
        #expect(problem.severity == .error)
        #expect(problem.subject == row.subject)
        #expect(problem.description.hasPrefix("models.yaml:\(row.line): Model '"))
        #expect(registry.entries.map(\.name) == (row.subject == .model("a") ? ["b"] : ["a"]))
        #expect(registry.defaultModel == "a")
    }

    static let besideEntries = [
        Row(
            old: "num_threads: 4", new: "num_threads: 0", line: 2, part: "above 0, not '0'; write num_threads: 4",
            subject: .setting("num_threads")),
        Row(
            old: "num_threads: 4", new: "num_threads: four", line: 2, part: "a whole number above 0",
            subject: .setting("num_threads")),
        Row(
            old: "num_threads: 4", new: "num_threads: '4'", line: 2, part: "not the text \"4\"",
            subject: .setting("num_threads")),
        Row(
            old: "whisper-1: a", new: "whisper-1: c", line: 5, part: "'c' is no model of this file; write one of a, b",
            subject: .alias("whisper-1")),
        Row(old: "whisper-1: a", new: "b: a", line: 5, part: "hides the model", subject: .alias("b")),
        Row(old: "whisper-1: a", new: "x:", line: 5, part: "'x' is missing or empty", subject: .alias("x")),
        Row(old: "whisper-1: a", new: "- a", line: 4, part: "must be a mapping", subject: .setting("aliases")),
        Row(
            old: "default_model: a", new: "default_model: c", line: 1,
            part: "'c', which is no model of this file; write one of a, b, whisper-1",
            subject: .setting("default_model")),
        Row(
            old: "default_model: a", new: "default_model: off", line: 1, part: "write default_model: \"off\"",
            subject: .setting("default_model")),
        Row(
            old: "keep_alive: 15m", new: "keep_alive: soon", line: 3,
            part: "a time such as 30s, 15m or 2h, 0, or never, not 'soon'; write keep_alive: 15m.",
            subject: .setting("keep_alive")),
        Row(
            old: "keep_alive: 15m", new: "keep_alive: off", line: 3, part: "not 'off'; write keep_alive: 15m",
            subject: .setting("keep_alive")),
        Row(
            old: "keep_alive: 15m", new: "keep_alive: -5m", line: 3, part: "not '-5m'",
            subject: .setting("keep_alive")),
        Row(
            old: "keep_alive: 15m", new: "keep_alive: [15m]", line: 3, part: "not a list",
            subject: .setting("keep_alive")),
        Row(
            old: "max_loaded_models: 3", new: "max_loaded_models: 0", line: 25,
            part: "above 0, not '0'; write max_loaded_models: 3", subject: .setting("max_loaded_models")),
        Row(
            old: "max_queue: 64", new: "max_queue: none", line: 26, part: "not 'none'; write max_queue: 64",
            subject: .setting("max_queue")),
        Row(
            old: "drain_delay: 10s", new: "drain_delay: 2h", line: 27,
            part: "a time from 0 to 1h, such as 10 or 10s, not '2h'; write drain_delay: 10s.",
            subject: .setting("drain_delay")),
        Row(
            old: "drain_delay: 10s", new: "drain_delay: never", line: 27, part: "not 'never'; write drain_delay: 10s",
            subject: .setting("drain_delay")),
        Row(
            old: "keep_alive", new: "keepalive", line: 3, part: "Unknown key 'keepalive' is ignored", subject: .file,
            severity: .warning),
        Row(
            old: "dir: folder", new: "dir: folder\n    note: x", line: 10, part: "Unknown key 'note' is ignored",
            severity: .warning),
        Row(
            old: "language: en", new: "lang: en", line: 14,
            part: "Unknown key 'lang' in 'options' is ignored; known: language",
            severity: .warning),
        Row(
            old: "size: 1000", new: "md5: 1000", line: 20, part: "Unknown key 'md5' in 'download'", severity: .warning),
    ]

    @Test(arguments: besideEntries)
    func otherMistakesLeaveAllEntriesUsable(row: Row) throws {
        let registry = try Self.parse(row)
        let problem = try #require(registry.problems.first)
        #expect(registry.problems.count == 1)
        #expect(problem.line == row.line)
        #expect(problem.message.contains(row.part), "\(problem)")
        #expect(problem.severity == row.severity)
        #expect(problem.subject == row.subject)
        #expect(registry.entries.map(\.name) == ["a", "b"])
    }

    @Test func aModelNamedLikeATruthValueMustBeQuoted() throws {
        let registry = try Self.parse(Row(old: "  b:\n", new: "  no:\n", line: 21, part: ""))
        #expect(registry.problems.map(\.line) == [21])
        #expect(registry.problems.first?.message.contains("write \"no\":") == true)
        #expect(registry.entries.map(\.name) == ["a"])
    }

    @Test func allMistakesOfAnEntryAreReported() throws {
        let registry = try Self.parse(Row(old: "dir: folder", new: "dir: no\n    x: 1", line: 0, part: ""))
        #expect(registry.problems.map(\.line) == [9, 10])
        #expect(registry.mistakes(in: .model("a")).count == 1)
    }

    @Test func theGoodRegistryHasNoProblem() throws {
        let registry = try Self.parse(Row(old: "a", new: "a", line: 0, part: ""))
        #expect(registry.problems == [])
        #expect(registry.aliases == ["whisper-1": "a"])
        let digest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
        #expect(registry.entries.first?.download?.sha256 == digest)
        #expect(registry.entries.first?.download?.size == 1000)
    }

    @Test(arguments: [
        ("true", true), ("Yes", true), ("ON", true), ("false", false), ("no", false), ("Off", false), ("", false),
    ])
    func useITNAcceptsEveryYAMLBoolean(text: String, value: Bool) throws {
        let registry = try Self.parse(Row(old: "use_itn: true", new: "use_itn: \(text)", line: 0, part: ""))
        #expect(registry.problems == [])
        #expect(registry.entries.first?.options.values == (text.isEmpty ? [:] : ["use_itn": .flag(value)]))
    }

    @Test(arguments: [
        ("15m", Duration.seconds(900)), ("30s", .seconds(30)), ("2h", .seconds(7_200)), ("90", .seconds(90)),
        ("0", .zero), ("'15m'", .seconds(900)), ("never", nil),
    ])
    func keepAliveIsADurationOrNever(text: String, duration: Duration?) throws {
        let registry = try Self.parse(Row(old: "keep_alive: 15m", new: "keep_alive: \(text)", line: 0, part: ""))
        #expect(registry.problems == [])
        #expect(registry.capacity.keepAlive == KeepAlive(duration))
        #expect(registry.capacity.maximumLoadedModels == 3 && registry.capacity.maximumQueue == 64)
    }

    @Test(arguments: [
        ("0", Duration.zero), ("10", .seconds(10)), ("10s", .seconds(10)), ("2.5", .milliseconds(2500)),
        ("1h", .seconds(3600)),
    ])
    func drainDelayIsATimeUpToAnHour(text: String, duration: Duration) throws {
        let registry = try Self.parse(Row(old: "drain_delay: 10s", new: "drain_delay: \(text)", line: 0, part: ""))
        #expect(registry.problems == [])
        #expect(registry.capacity.drainDelay?.duration == duration)
    }

    @Test func aModelMayHaveItsOwnQueueLimit() throws {
        let registry = try Self.parse(Row(old: "dir: folder", new: "dir: folder\n    max_queue: 8", line: 0, part: ""))
        #expect(registry.problems == [])
        #expect(registry.entries.map(\.maximumQueue) == [8, nil])
    }

    @Test func unsetCapacityStaysUnset() throws {
        let registry = try Self.parse(Row(old: "keep_alive: 15m", new: "keep_alive:", line: 0, part: ""))
        #expect(registry.problems == [])
        let flags = CapacitySettings(maximumQueue: 2)
        #expect(
            flags.or(registry.capacity)
                == CapacitySettings(maximumLoadedModels: 3, maximumQueue: 2, drainDelay: DrainDelay("10s")))
    }

    private static func parse(_ row: Row) throws -> ModelRegistry {
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")
        #expect(good.contains(row.old), "the row spoils nothing")
        return try ModelRegistry.parse(
            good.replacingOccurrences(of: row.old, with: row.new), file: "models.yaml", paths: paths)
    }
}
