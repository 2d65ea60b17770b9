import Foundation
import Synchronization
import TestSupport
import Testing

/// Speech from a virtual microphone that the server hears while it is said.
@Suite(
    .serialized, .enabled(if: SoundServer.isInstalled, SoundServer.advice),
    .enabled(if: Display.isInstalled, Display.advice))
struct LiveSpeechTests {
    private static let setup = ServerProcess.Setup(TestRegistry([.paraformer]))
    private static let long = "open one two three left right four five six seven stop nine close zero"
    private static let digits = "one two three four"

    /// Runs `body` with a microphone, a display and a server of its own, whose model is loaded.
    private func withLiveServer(_ body: (DictationSurroundings, ServerProcess, APIClient) async throws -> Void)
        async throws
    {
        try await withSurroundings { here in
            try await withServer(Self.setup) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                try await body(here, server, client)
            }
        }
    }

    /// How many recordings the server has got as files.
    private func files(_ client: APIClient) async throws -> Int {
        let line = try await client.get("/metrics").body.split(separator: "\n").first {
            $0.hasPrefix(#"asr2clip_http_requests_total{endpoint="/v1/audio/transcriptions""#)
        }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    private struct Sessions: Decodable {
        struct Session: Decodable {
            var seconds: Double
            enum CodingKeys: String, CodingKey { case seconds = "audio_seconds" }
        }
        var sessions: [Session]
    }

    /// Waits until the server has a live session that has heard this much.
    private func untilHeard(_ seconds: Double, _ client: APIClient) async throws {
        try await eventually("a session hears \(seconds) s") {
            let running = try await client.get("/v1/ps").json(Sessions.self).sessions
            return running.contains { $0.seconds >= seconds }
        }
    }

    @Test(arguments: [[], ["--live"]])
    func utterancesAreHeardWhileTheyAreSaidAndNotSentAsFiles(arguments: [String]) async throws {
        try await withLiveServer { here, server, client in
            let options = ["--vad", "--silence_duration", "0.5"] + arguments
            try await here.listening(options, url: server.url) { tool in
                // The session is open before anybody speaks.
                try await untilHeard(0, client)
                try await here.sound.play(Manifest.shared.session.file)
                try await eventually("the last utterance") { tool.standardOutput.contains("start nine stop\n") }
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                let expected = Manifest.shared.session.utterances.map(\.text)
                #expect(tool.standardOutput.split(separator: "\n").map(String.init) == expected)
            }
            #expect(try await files(client) == 0 && here.sound.recordings.isEmpty)
        }
    }

    @Test(arguments: [["--no-live"], ["-c"]])
    func withoutLiveSpeechRecordingsAreSentWhenTheyAreComplete(arguments: [String]) async throws {
        try await withLiveServer { here, server, client in
            var arguments = arguments
            if arguments == ["-c"] {
                let path = here.sound.file("config.yaml")
                try Data("live: false\n".utf8).write(to: URL(filePath: path))
                arguments.append(path)
            }
            try await here.listening(arguments, url: server.url) { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == Self.digits + "\n")
            }
            #expect(try await files(client) == 1)
        }
    }

    @Test func wordsArePrintedBeforeTheRecordingEnds() async throws {
        try await withLiveServer { here, server, client in
            let output = here.sound.file("output")
            // A file, because what is read from the tool here comes in whole lines.
            let script = "exec \"$0\" --url \"$1\" --live > \"$2\""
            let arguments = ["-c", script, ServerProcess.path(of: "asr2clip"), server.url, output]
            try await withProcess("/bin/bash", arguments, environment: here.environment) { tool in
                try await eventually("it listens") { tool.standardError.contains("Listening to") }
                try await here.sound.play("en_long_16k.flac")
                try await eventually("words are printed") {
                    try String(contentsOfFile: output, encoding: .utf8).hasPrefix("open one two")
                }
                #expect(here.sound.recordings.count == 1)
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(try String(contentsOfFile: output, encoding: .utf8) == Self.long + "\n")
                #expect(try await here.display.clipboard() == Self.long)
            }
            #expect(try await files(client) == 0 && here.sound.recordings.isEmpty)
        }
    }

    @Test func theEngineDiesInMidUtteranceAndTheSessionGivesTheWholeText() async throws {
        try await withLiveServer { here, server, client in
            try await here.listening(url: server.url) { tool in
                try await here.sound.play("en_digits_16k.wav")
                try await untilHeard(1, client)
                for engine in server.engines { kill(engine, SIGKILL) }
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == "\(Self.digits) \(Self.digits)\n")
            }
            try await eventually("the log says why") { server.process.standardError.contains("signal 9") }
            #expect(try await files(client) == 0)
        }
    }

    /// A service manager would restart it.
    @Test(arguments: [true, false])
    func theServerDiesInMidUtteranceAndTheRecordingIsSentToTheNextOrKept(isRestarted: Bool) async throws {
        try await withLiveServer { here, server, client in
            try await here.listening(url: server.url) { tool in
                try await here.sound.play("en_digits_16k.wav")
                try await untilHeard(1, client)
                #expect(try await server.stop(by: SIGKILL) == .signaled(SIGKILL))
                guard isRestarted else {
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(1))
                    #expect(tool.standardOutput == "")
                    #expect(tool.standardError.contains("The recording is kept"), "\(tool.standardError)")
                    return #expect(here.sound.recordings.count == 1)
                }
                let arguments = [
                    "--port", "\(server.port)", "--config", try server.folder.write(TestRegistry([.paraformer])),
                ]
                try await withProcess(
                    ServerProcess.path(of: "asr2clip-serve"), arguments, environment: server.folder.environment
                ) { next in
                    _ = try await next.output(after: "asr2clip is listening on http://127.0.0.1:")
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(0), "\(tool.standardError)")
                    #expect(tool.standardOutput == Self.digits + "\n")
                    #expect(here.sound.recordings.isEmpty)
                }
            }
        }
    }

    private static let misbehaviour: [(name: String, session: RealtimeServer.Session)] = [
        ("404", { try await $0.answer(404) }),
        ("no answer", { _ = try await $0.next("never") }),
        (
            "rubbish",
            { peer in
                try await peer.accept()
                try await peer.send((0..<10_000).map { _ in UInt8.random(in: 0...255) })
            }
        ),
        (
            "an error",
            { peer in
                try await peer.openAndHear()
                try await peer.say(#"{"type": "error", "error": {"message": "no"}}"#)
                _ = try await peer.next("never")
            }
        ),
        (
            "a close",
            { peer in
                try await peer.openAndHear()
                try await peer.close(1011)
            }
        ),
        (
            "a flood",
            { peer in
                try await peer.open()
                while true { try await peer.say(#"{"type": "rate_limits.updated"}"#) }
            }
        ),
    ]

    @Test(arguments: misbehaviour.indices)
    func ifTheSessionFailsTheRecordingIsSentAsAFile(index: Int) async throws {
        let (name, session) = Self.misbehaviour[index]
        try await withSurroundings { here in
            try await withRealtimeServer([session]) { server in
                try await here.listening(url: server.url) { tool in
                    try await here.sound.play("en_digits_16k.wav")
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(0), "\(name): \(tool.standardError)")
                    #expect(tool.standardOutput == "as a file\n", "\(name)")
                    #expect(!tool.standardError.contains("live"), "\(name): \(tool.standardError)")
                }
                #expect(server.files == 1 && server.requests.count >= 1 && here.sound.recordings.isEmpty, "\(name)")
            }
        }
    }

    @Test func liveSpeechThatIsAskedForInVainIsReported() async throws {
        try await withSurroundings { here in
            try await withRealtimeServer([{ try await $0.answer(404) }]) { server in
                try await here.listening(["--live"], url: server.url) { tool in
                    try await eventually("it is reported") { tool.standardError.contains("has no live speech.") }
                    try await here.sound.play("en_digits_16k.wav")
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(0))
                    #expect(tool.standardOutput == "as a file\n")
                }
            }
        }
    }

    @Test func anEngineOfTheToolsOwnHearsNothingLive() async throws {
        try await withSurroundings { here in
            let registry = here.sound.file("models.yaml")
            try Data(TestRegistry([.paraformer]).yaml.utf8).write(to: URL(filePath: registry))
            let path = here.sound.file("config.yaml")
            let yaml = "engine: sherpa_onnx\nmodel_config_path: \(registry)\nlive: true\n"
            try Data(yaml.utf8).write(to: URL(filePath: path))
            for arguments in [[], ["--live"]] {
                try await withProcess(
                    ServerProcess.path(of: "asr2clip"), ["-c", path, "--clipboard", "none"] + arguments,
                    environment: here.environment
                ) { tool in
                    try await eventually("it listens") { tool.standardError.contains("Listening to") }
                    try await here.sound.play("en_digits_16k.wav")
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(0), "\(tool.standardError)")
                    #expect(tool.standardOutput == Self.digits + "\n")
                    #expect(tool.standardError.contains("--live has no effect") == !arguments.isEmpty)
                }
            }
        }
    }

    @Test func aCancelledDictationEndsTheSessionAndKeepsTheRecording() async throws {
        try await withSurroundings { here in
            let (isCommitted, isOver) = (Marker(), Marker())
            try await withRealtimeServer([
                { peer in
                    try await peer.openAndHear()
                    _ = try await peer.commit()
                    isCommitted.set()
                    // The client goes.
                    _ = try await peer.next("never")
                    isOver.set()
                }
            ]) { server in
                try await here.listening(url: server.url) { tool in
                    try await here.sound.play("en_digits_16k.wav")
                    tool.signal(SIGINT)
                    try await eventually("it has committed") { isCommitted.isSet }
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(130))
                    #expect(tool.standardOutput == "" && tool.standardError.contains("Cancelled."))
                }
                try await eventually("the session has ended") { isOver.isSet }
                #expect(server.files == 0 && here.sound.recordings.count == 1)
            }
            #expect(try await here.display.clipboard() == nil)
        }
    }

    /// Whether a variable with a key is for this server, live speech decides as files do.
    @Test(arguments: [true, false])
    func aKeyOfTheEnvironmentIsSentOnlyToTheServerThatItNames(isNamed: Bool) async throws {
        try await withSurroundings { here in
            try await withRealtimeServer([
                { peer in
                    try await peer.open()
                    while try await peer.complete("live") {}
                }
            ]) { server in
                var environment = here.environment
                environment["OPENAI_API_KEY"] = "sk-of-the-environment"
                if isNamed { environment["OPENAI_BASE_URL"] = server.url }
                let path = here.sound.file("config.yaml")
                try Data("api_base_url: \(server.url)\n".utf8).write(to: URL(filePath: path))
                try await withProcess(
                    ServerProcess.path(of: "asr2clip"), ["-c", path], environment: environment
                ) { tool in
                    try await eventually("it has asked") { !server.requests.isEmpty }
                    tool.signal(SIGINT)
                    _ = try await tool.exit()
                }
                let head = try #require(server.requests.first)
                #expect(head.contains("Authorization: Bearer sk-of-the-environment") == isNamed, "\(head)")
                #expect(head.contains("sk-of-the-environment") == isNamed)
            }
        }
    }
}

/// Something that has happened in another task.
private final class Marker: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }
    func set() { value.store(true, ordering: .sequentiallyConsistent) }
}
