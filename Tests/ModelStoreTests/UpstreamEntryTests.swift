import SpeechTypes
import Testing

@testable import ModelStore

/// Entries of `type: openai`.
struct UpstreamEntryTests {
    private static let paths = ModelPaths(
        environment: ["HOME": "/home/me"], registryFile: "/etc/asr/models.yaml", currentFolder: "/")
    private static let local =
        "  here:\n    type: moonshine\n    dir: d\n    files: {encoder: e, merged_decoder: d, tokens: t}\n"

    private func registry(_ lines: String, more: String = "") throws -> ModelRegistry {
        let entry = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        let yaml = "models:\n  far:\n    type: openai\n\(entry)\(more)"
        return try ModelRegistry.parse(yaml, file: "/etc/asr/models.yaml", paths: Self.paths)
    }

    @Test func oneServerMayStandInTheEntry() throws {
        let registry = try registry(
            """
            url: https://GPU.example:8443/v1/
            model: openai/whisper-large-v3
            api_key_file: keys/gpu
            ca_file: ~/ca.pem
            timeout: 90s
            max_queue: 12
            fallback: here
            languages: [en, DE-at]
            translates: true
            streams: no
            subtitles: false
            realtime: false
            hints: true
            """, more: Self.local)
        #expect(registry.problems.isEmpty)
        #expect(registry.entries.map(\.name) == ["here"])
        let entry = try #require(registry.upstreams.first)
        #expect(entry.name == "far")
        #expect(entry.timeout == .seconds(90))
        #expect(entry.maximumQueue == 12)
        #expect(entry.fallback == "here")
        #expect(
            entry.declared
                == UpstreamCapabilities(
                    languages: [Language(code: "en"), Language(code: "de")], translates: true, streams: false,
                    writesSubtitles: false, isLive: false, takesHints: true))
        let server = try #require(entry.servers.first)
        #expect(server.model == "openai/whisper-large-v3")
        #expect(server.key == .file("/etc/asr/keys/gpu"))
        #expect(server.authority == "/home/me/ca.pem")
        #expect(server.host.lowercased() == "gpu.example:8443")
        #expect(server.address(of: "audio/transcriptions").hasSuffix(":8443/v1/audio/transcriptions"))
        #expect(!server.isLocal)
        #expect(registry.model(named: "far") == .upstream(entry))
        #expect(registry.defines("far"))
        #expect(registry.names == ["here", "far"])
    }

    @Test func severalServersShareAModelButNoKey() throws {
        let registry = try registry(
            """
            model: whisper
            upstreams:
              - url: http://10.0.0.1:8000/v1
              - {url: "https://api.example/v1", model: other, api_key_env: FAR_API_KEY}
            """)
        #expect(registry.problems.isEmpty)
        let entry = try #require(registry.upstreams.first)
        #expect(entry.servers.map(\.model) == ["whisper", "other"])
        #expect(entry.servers.map(\.key) == [nil, .variable("FAR_API_KEY")])
        #expect(entry.hosts == ["10.0.0.1:8000", "api.example:443"])
        #expect(entry.timeout == .seconds(600))
    }

    @Test(arguments: [
        ("http://localhost:1/v1", true), ("http://127.9.9.9/v1", true), ("http://[::1]:1/v1", true),
        ("http://10.0.0.1/v1", false), ("http://localhost.evil.example/v1", false),
        ("http://127.0.0.1.example/v1", false),
        ("http://0.0.0.0/v1", false), ("http://[::ffff:127.0.0.1]/v1", false),
    ])
    func aKeyGoesUnencryptedToThisMachineOnly(url: String, isAllowed: Bool) throws {
        let lines = "url: \"\(url)\"\nmodel: m\napi_key_env: A_KEY"
        let registry = try registry(lines)
        #expect(registry.upstreams.isEmpty == !isAllowed)
        if !isAllowed {
            #expect(registry.problems.map(\.line) == [4])
            #expect(registry.problems.first?.message.contains("unencrypted") == true)
        }
        #expect(try self.registry(lines + "\ninsecure: true").upstreams.count == 1)
        #expect(try self.registry("url: \"\(url)\"\nmodel: m").upstreams.count == 1)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let lines: String
        let line: Int
        let part: String

        var testDescription: String { lines }
    }

    @Test(arguments: [
        Row(lines: "model: m", line: 2, part: "'url' is missing"),
        Row(lines: "url: http://h/v1", line: 2, part: "'model' is missing"),
        Row(lines: "url: http://me:secret@h/v1\nmodel: m", line: 4, part: "without user, password"),
        Row(lines: "url: http://h/v1?key=secret\nmodel: m", line: 4, part: "without user, password, query"),
        Row(lines: "url: 'http://h/v1#secret'\nmodel: m", line: 4, part: "query and fragment"),
        Row(lines: "url: ftp://h/v1\nmodel: m", line: 4, part: "http or https"),
        Row(lines: "url: http://h:99999/v1\nmodel: m", line: 4, part: "http or https"),
        Row(lines: "url: https://h/v1\nmodel: m\napi_key: secret", line: 6, part: "does not belong into this file"),
        Row(
            lines: "url: https://h/v1\nmodel: m\napi_key_env: sk-secret", line: 6,
            part: "name of an environment variable"),
        Row(
            lines: "url: https://h/v1\nmodel: m\napi_key_env: hunter2", line: 6, part: "name of an environment variable"
        ),
        Row(lines: "url: https://h/v1\nmodel: m\napi_key_env: A_KEY\napi_key_file: f", line: 7, part: "leave one out"),
        Row(lines: "url: http://h/v1\nmodel: m\nca_file: f", line: 6, part: "plain http"),
        Row(lines: "url: https://h/v1\nmodel: m\ntimeout: 0", line: 6, part: "a time such as"),
        Row(lines: "url: https://h/v1\nmodel: m\nlanguages: [my language]", line: 6, part: "no language code"),
        Row(lines: "url: https://h/v1\nmodel: m\nfallback: nobody", line: 6, part: "write one of here"),
        Row(lines: "url: https://h/v1\nmodel: m\nfallback: far", line: 6, part: "write one of here"),
        Row(lines: "url: https://h/v1\nmodel: m\nfallback: farther", line: 6, part: "write one of here"),
        Row(
            lines: "url: https://h/v1\nmodel: m\nupstreams: [{url: 'http://i/v1'}]", line: 4,
            part: "belongs to one server"),
        Row(
            lines: "model: m\napi_key_env: A_KEY\nupstreams: [{url: 'https://i/v1'}]", line: 5,
            part: "belongs to one server"),
        Row(lines: "model: m\nupstreams: []", line: 5, part: "'- url: …' for each server"),
        Row(lines: "model: m\nupstreams: [http://i/v1]", line: 5, part: "mappings"),
        Row(
            lines: "model: m\nupstreams: [{url: 'http://i/v1'}, {url: 'http://i/v1/'}]", line: 5, part: "is there twice"
        ),
        Row(lines: "upstreams:\n  - url: http://i/v1", line: 5, part: "'model' is missing"),
    ])
    func aMistakeIsReportedWithItsLineAndWithoutSecrets(row: Row) throws {
        let more = Self.local + "  farther:\n    type: openai\n    url: http://i/v1\n    model: m\n"
        let registry = try registry(row.lines, more: more)
        let problem = try #require(registry.problems.first { $0.severity == .error })
        #expect(problem.subject == .model("far"))
        #expect(problem.line == row.line)
        #expect(problem.message.contains(row.part), "\(problem.message)")
        for secret in ["me:secret", "key=secret", "#secret", "sk-secret", "hunter2"] {
            #expect(registry.problems.allSatisfy { !$0.message.contains(secret) })
        }
        #expect(registry.upstreams.map(\.name) == ["farther"])
    }

    @Test func unknownKeysAndABareHostAreWarnings() throws {
        let registry = try registry("url: http://h\nmodel: m\nfiles: {}")
        #expect(registry.upstreams.count == 1)
        #expect(registry.problems.map(\.severity) == [.warning, .warning])
    }

    @Test func itMayBeTheDefaultAndHaveAliases() throws {
        let yaml = """
            default_model: it
            aliases: {it: far}
            models:
              far: {type: openai, url: 'http://h/v1', model: m}
            """
        let registry = try ModelRegistry.parse(yaml, file: "f", paths: Self.paths)
        #expect(registry.problems.isEmpty)
        #expect(registry.defaultModel == "far")
    }
}
