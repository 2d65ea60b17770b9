import Concurrency
import EngineHost
import EngineLink
import Engines
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import SpeechTypes
import TestSupport
import TranscriptFormats

@testable import APIServer

/// A server with all of its own handlers and middleware, on a real socket. Real engines hear its live sessions, once a
/// test lets their models be loaded.
struct RealtimeServer {
    let port: Int
    let engines: EnginePool
    let program: HeldEngine

    /// Runs a server. When the test returns, the server is asked to stop.
    ///
    /// - Parameters:
    ///   - models: The models; the first is the default.
    ///   - limits: Changes the limits of sessions.
    ///   - body: The test.
    /// - Throws: What the test throws.
    static func run(
        _ models: [TestRegistry.Model] = [.transducer], limits: (inout RealtimeLimits) -> Void = { _ in },
        _ body: @Sendable (RealtimeServer) async throws -> Void
    ) async throws {
        var settings = ServerSettings()
        limits(&settings.live)
        let program = HeldEngine()
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let parts = try RouterUnderTest(TestRegistry(models), settings: settings, program: program, logger: quiet)
        let application = Application(router: parts.router, server: parts.server.makeConnections(), logger: quiet)
        let engines = parts.engines
        do {
            try await application.test(.live) { client in
                try await body(RealtimeServer(port: client.port ?? 0, engines: engines, program: program))
            }
        } catch {
            await engines.shutDown()
            throw error
        }
        await engines.shutDown()
    }

    /// Opens a session.
    func open(_ query: String = "") async throws -> RealtimeClient {
        let socket = try await SocketClient.connect(port: port)
        try await socket.open("/v1/realtime\(query)")
        return RealtimeClient(socket: socket)
    }

    /// The live sessions, as `GET /v1/ps` shows them.
    func sessions() async throws -> [JSONValue] {
        let client = try await SocketClient.connect(port: port)
        try await client.send("GET /v1/ps HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let body = try await client.answer().body
        return try JSONDecoder().decode(JSONValue.self, from: Data(body.utf8))["sessions"]?.array ?? []
    }
}

/// The real engine, whose model counts as loaded when a test allows it.
struct HeldEngine: EngineProgram {
    private let engine = EngineProcess(EngineExecutable(path: ServerProcess.path(of: "asr2clip-engine")))
    private let mayLoad = OneShot<Void>()

    /// Lets all models be loaded from now on.
    func load() { mayLoad.resolve() }

    func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        await engine.run(order, logger: logger, began: began) { [mayLoad] line in
            if line == .ready { try? await mayLoad.value() }
            await notice(line)
        }
    }
}

/// A client of a live session.
struct RealtimeClient {
    let socket: SocketClient

    /// Sends an event of a type, with its other members.
    func send(_ type: String, _ members: KeyValuePairs<String, JSONValue> = [:]) async throws {
        let event = JSONValue.object([("type", .string(type))] + members.map { ($0.key, $0.value) })
        try await socket.send(SocketClient.text(event.text))
    }

    /// Sends audio.
    func append(_ sound: Data) async throws {
        try await send("input_audio_buffer.append", ["audio": .string(sound.base64EncodedString())])
    }

    /// Changes `session.audio.input`, and waits until it has been changed.
    func update(_ input: JSONValue) async throws {
        try await send("session.update", ["session": ["audio": ["input": input]]])
        _ = try await until("session.updated")
    }

    /// Waits for the next event.
    ///
    /// - Throws: `NeverHappened` if the WebSocket is closed before.
    func next() async throws -> JSONValue {
        while true {
            let frame = try await socket.frame()
            switch frame.opcode {
            case 1: return try JSONDecoder().decode(JSONValue.self, from: Data(frame.content))
            case 9: continue
            default: throw NeverHappened("An event: \(frame)")
            }
        }
    }

    /// Waits for the next event of a type.
    ///
    /// - Throws: `NeverHappened` if the server reports an error or closes the WebSocket before.
    func until(_ type: String) async throws -> JSONValue {
        while true {
            let event = try await next()
            if event.type == type { return event }
            guard event.type != "error" else { throw NeverHappened("\(type): \(event.text)") }
        }
    }

    /// Waits until the server closes the WebSocket, and agrees.
    ///
    /// - Returns: The server's code.
    func closed() async throws -> UInt16? {
        var frame = try await socket.frame()
        while frame.opcode != 8 { frame = try await socket.frame() }
        try await socket.send(SocketClient.close(frame.closeCode ?? 1000))
        return frame.closeCode
    }

    static let transcription = "conversation.item.input_audio_transcription."
    /// 16-bit samples at 16 kHz, and turns that the client commits.
    static let manual: JSONValue = [
        "format": ["type": "audio/pcm", "rate": 16_000], "turn_detection": .null,
    ]
    /// A second of silence at 16 kHz.
    static let silence = Data(count: 32_000)

    /// The samples of a fixture.
    static func sound(_ file: String) throws -> Data {
        try AudioBuffer.decoding(Fixtures.audio(file)).wav.dropFirst(44)
    }
}

extension JSONValue {
    /// The type of an event.
    var type: String? { self["type"]?.string }

    /// The code of an error event.
    var code: String? { self["error"]?["code"]?.string }
}
