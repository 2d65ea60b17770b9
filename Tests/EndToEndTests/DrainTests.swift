import Foundation
import TestSupport
import Testing

/// A server that is asked to stop while a balancer may still send requests.
@Suite(.serialized)
struct DrainTests {
    /// Longer than any test: a second signal ends it.
    private static let delay = ["--drain-delay", "1h"]
    private static let stop = #"{"text": "stop"}"#
    private static let whisper: KeyValuePairs = ["model": "whisper"]

    private func withDrainingServer(
        _ arguments: [String] = delay, settings: [String: String] = [:],
        _ body: (ServerProcess, APIClient) async throws -> Void
    ) async throws {
        var registry = TestRegistry([.whisper])
        registry.settings.merge(settings) { $1 }
        try await withServer(.init(registry, ["--num-threads", "1"] + arguments)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            #expect(try await client.get("/health/ready").status == 200)
            try await body(server, client)
        }
    }

    /// Sends SIGTERM, and waits until the server says that it is not ready.
    private func drain(_ server: ServerProcess, _ client: APIClient) async throws {
        server.process.signal(SIGTERM)
        try await eventually("the server is not ready") { try await client.get("/health/ready").status == 503 }
        for path in ["/health/ready", "/readyz"] {
            let answer = try await client.get(path)
            try expectError(answer, 503, "draining")
            #expect(answer.headers["retry-after"] == "1")
            #expect(try answer.error.message.contains("about to stop"))
        }
    }

    private func expectNobodyListens(_ client: APIClient) async throws {
        try await eventually("nobody listens") { (try? await client.get("/health/live")) == nil }
    }

    @Test func aDrainingServerIsNotReadyAndAnswersAsUsual() async throws {
        try await withDrainingServer { server, client in
            let early = try await client.whileStopped("whisper") { _ in
                let early = Task { try await client.transcribe("en_word_16k.wav", Self.whisper) }
                try await client.waitUntilInHand(1, of: "whisper")
                try await drain(server, client)
                for path in ["/health/live", "/healthz", "/ping", "/health"] {
                    #expect(try await client.get(path).status == 200, "\(path)")
                }
                return early
            }
            #expect(try await early.value.body == Self.stop)
            // Requests that arrive now are answered, and their clients asked to connect anew.
            for _ in 0..<2 {
                let late = try await client.transcribe("en_word_16k.wav", Self.whisper)
                #expect(late.body == Self.stop)
                #expect(late.headers["connection"] == "close")
            }
            let text = try await client.stream(
                .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "whisper", "stream": "true"])
            #expect(text.doneText == "stop")
            try expectError(try await client.get("/health/ready"), 503, "draining")

            // The second signal ends the delay; what is in hand is finished.
            let last = try await client.whileStopped("whisper") { _ in
                let last = Task { try await client.transcribe("en_word_16k.wav", Self.whisper) }
                try await client.waitUntilInHand(1, of: "whisper")
                server.process.signal(SIGTERM)
                try await expectNobodyListens(client)
                return last
            }
            #expect(try await last.value.status == 200)
            #expect(try await last.value.body == Self.stop)
            #expect(try await server.process.exit() == .exited(0))
            #expect(server.folder.runs.isEmpty)
        }
    }

    @Test func theDelayEndsByItself() async throws {
        try await withDrainingServer(["--drain-delay", "1"]) { server, client in
            let status = try await server.stop(by: SIGINT)
            #expect(status == .exited(0))
            #expect(server.process.standardError.contains("drain_delay=1 s"), "\(server.process.standardError)")
        }
    }

    /// An open connection is closed with its next answer, unless the client has sent a further request on it.
    @Test func openConnectionsEndWithTheirNextAnswer() async throws {
        try await withDrainingServer { server, client in
            let (single, double) = (
                try await ByteConnection.open(to: server), try await ByteConnection.open(to: server)
            )
            let request = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await single.send(request)
            #expect(try await single.answer().headers["connection"] == nil)
            try await drain(server, client)
            try await single.send(request)
            let answer = try await single.answer()
            #expect(answer.status == 200 && answer.headers["connection"] == "close")
            #expect(try await single.end() == "")
            try await double.send(request + request)
            #expect(try await double.answer().status == 200)
            #expect(try await double.answer().status == 200)
            #expect(try await double.end() == "")
        }
    }

    @Test func aRequestAfterTheDelayIsRefused() async throws {
        try await withDrainingServer { server, client in
            let form = MultipartBody(
                file: try .init(path: Fixtures.audio("en_word_16k.wav")), fields: ["model": "whisper"]
            ).data
            let head =
                "POST \(APIClient.transcriptions) HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: \(MultipartBody.contentType)\r\nContent-Length: \(form.count)\r\n\r\n"
            let connection = try await ByteConnection.open(to: server)
            try await client.whileStopped("whisper") { _ in
                try await connection.send(Array(head.utf8) + Array(form))
                try await client.waitUntilInHand(1, of: "whisper")
                try await drain(server, client)
                server.process.signal(SIGTERM)
                try await expectNobodyListens(client)
                // Behind the request in hand, since an idle connection has been closed.
                try await connection.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n")
            }
            #expect(try await connection.answer().body == Self.stop)
            let refused = try await connection.answer()
            try expectError(refused, 503, "shutting_down")
            #expect(refused.headers["retry-after"] == "1")
            #expect(try await server.process.exit() == .exited(0))
        }
    }

    /// The delay of models.yaml, as it was edited last.
    @Test func aThirdSignalEndsTheServerAtOnce() async throws {
        try await withDrainingServer([], settings: ["drain_delay": "0"]) { server, client in
            var registry = TestRegistry([.whisper])
            registry.settings["drain_delay"] = "1h"
            registry.settings["max_queue"] = "1"
            _ = try server.folder.write(registry)
            let request = try await client.whileStopped("whisper") { _ in
                let request = Task { try await client.transcribe("en_word_16k.wav", Self.whisper) }
                try await client.waitUntilInHand(1, of: "whisper")
                try await eventually("the edit is applied") {
                    try await client.transcribe(nil, Self.whisper).status == 429
                }
                try await drain(server, client)
                server.process.signal(SIGINT)
                try await expectNobodyListens(client)
                server.process.signal(SIGTERM)
                #expect(try await server.process.exit() == .exited(128 + SIGTERM))
                return request
            }
            #expect(await request.result.isFailure)
            #expect(server.folder.runs.isEmpty)
        }
    }

    /// Balancers spread requests by what is full: 429 is for the client, and the server stays ready.
    @Test func aFullServerIsReady() async throws {
        try await withDrainingServer(["--max-queue", "1"]) { server, client in
            let request = try await client.whileStopped("whisper") { _ in
                let request = Task { try await client.transcribe("en_word_16k.wav", Self.whisper) }
                try await client.waitUntilInHand(1, of: "whisper")
                try expectError(try await client.transcribe("en_word_16k.wav", Self.whisper), 429, "queue_full")
                for path in ["/health/ready", "/readyz"] {
                    #expect(try await client.get(path).status == 200, "\(path)")
                }
                return request
            }
            #expect(try await request.value.body == Self.stop)
        }
    }
}
