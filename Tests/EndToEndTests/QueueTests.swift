import Foundation
import NIOCore
import TestSupport
import Testing

/// More requests than a server admits.
@Suite(.serialized)
struct QueueTests {
    private static let stop = #"{"text": "stop"}"#

    private func withHealthyServer(
        _ models: [TestRegistry.Model] = [.whisper], _ arguments: [String] = [],
        _ body: (ServerProcess, APIClient) async throws -> Void
    ) async throws {
        try await withServer(.init(TestRegistry(models), arguments)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            try await body(server, client)
            try await eventually("no upload is left") { server.folder.uploads.isEmpty }
        }
    }

    private func requests(_ count: Int, by client: APIClient) -> [Task<Answer, any Error>] {
        (0..<count).map { _ in Task { try await client.transcribe("en_word_16k.wav", ["model": "whisper"]) } }
    }

    private func expectQueueFull(_ answer: Answer) throws {
        try expectError(answer, 429, "queue_full")
        let wait = try #require(answer.headers["retry-after"].flatMap { Int($0) })
        #expect((1...60).contains(wait))
        #expect(answer.headers["x-should-retry"] == nil)
    }

    /// Whether the server admits a request.
    private func hasRoom(_ client: APIClient) async throws -> Bool {
        // A form without a file is rejected after it is read, and it is read only if there is room.
        try await client.transcribe(nil, ["model": "whisper"]).status == 400
    }

    @Test func aRequestAboveTheLimitIsRefusedUntilAnotherEnds() async throws {
        try await withHealthyServer([.whisper], ["--max-queue", "2"]) { _, client in
            let requests = try await client.whileStopped("whisper") { _ in
                let requests = self.requests(2, by: client)
                try await client.waitUntilInHand(2, of: "whisper")
                try expectQueueFull(try await client.transcribe("en_word_16k.wav", ["model": "whisper"]))
                try await expectAnswerBeforeTheUpload(client)
                #expect(try await client.engines().first?.requests == 2)
                return requests
            }
            for request in requests { #expect(try await request.value.body == Self.stop) }
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body == Self.stop)
        }
    }

    /// The body stalls forever, so only a response that does not wait for it can arrive.
    private func expectAnswerBeforeTheUpload(_ client: APIClient) async throws {
        let (chunks, upload) = AsyncStream.makeStream(of: ByteBuffer.self)
        upload.yield(ByteBuffer(bytes: MultipartBody.beginning))
        let answer = try await client.upload(chunks, length: 1_000_000)
        upload.finish()
        try expectQueueFull(answer)
    }

    @Test func aSlowUploadTakesNoPlaceInTheQueue() async throws {
        try await withHealthyServer([.whisper], ["--max-queue", "1"]) { server, client in
            let form = MultipartBody(
                file: try .init(path: Fixtures.audio("en_word_16k.wav")), fields: ["model": "whisper"]
            ).data
            let (chunks, upload) = AsyncStream.makeStream(of: ByteBuffer.self)
            upload.yield(ByteBuffer(bytes: form.prefix(form.count / 2)))
            async let slow = client.upload(chunks, length: form.count)
            try await eventually("the upload has begun") { server.folder.uploads.count == 1 }
            #expect(try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body == Self.stop)
            upload.yield(ByteBuffer(bytes: form.suffix(from: form.count / 2)))
            upload.finish()
            #expect(try await slow.body == Self.stop)
        }
    }

    /// An upload that starts while there is room and completes when there is none.
    @Test func aLateUploadIsRefusedAndKeepsItsConnection() async throws {
        try await withHealthyServer([.whisper], ["--max-queue", "1"]) { server, client in
            let form = MultipartBody(
                file: try .init(path: Fixtures.audio("en_word_16k.wav")), fields: ["model": "whisper"]
            ).data
            let (chunks, upload) = AsyncStream.makeStream(of: ByteBuffer.self)
            upload.yield(ByteBuffer(bytes: form.prefix(form.count / 2)))
            let late = Task { try await client.upload(chunks, length: form.count) }
            try await eventually("the upload has begun") { server.folder.uploads.count == 1 }
            let request = try await client.whileStopped("whisper") { _ in
                let request = try #require(requests(1, by: client).first)
                try await client.waitUntilInHand(1, of: "whisper")
                upload.yield(ByteBuffer(bytes: form.suffix(from: form.count / 2)))
                upload.finish()
                let answer = try await late.value
                try expectQueueFull(answer)
                #expect(answer.headers["connection"] == nil)
                return request
            }
            #expect(try await request.value.body == Self.stop)
        }
    }

    @Test func everyOutcomeReleasesItsPlace() async throws {
        try await withHealthyServer([.whisper], ["--max-queue", "1"]) { _, client in
            func expectRoom(after outcome: String) async throws {
                let answer = try await client.transcribe("en_word_16k.wav", ["model": "whisper"])
                #expect(answer.body == Self.stop, "after \(outcome)")
            }
            try await expectRoom(after: "nothing")
            try await expectRoom(after: "an answer")
            let text = try await client.stream(
                .init(path: Fixtures.audio("en_word_16k.wav")), ["model": "whisper", "stream": "true"])
            #expect(text.doneText == "stop")
            try await expectRoom(after: "a stream")
            try expectError(
                try await client.transcribe("bad_text.wav", ["model": "whisper"]), 400, "audio_undecodable",
                parameter: "file")
            try await expectRoom(after: "a recording that is none")
            try expectError(
                try await client.transcribe("en_word_16k.wav", ["model": "nobody"]), 404, "model_not_found",
                parameter: "model")
            try await expectRoom(after: "a model that is not there")
            try await client.whileStopped("whisper") { _ in
                let request = try #require(requests(1, by: client).first)
                try await client.waitUntilInHand(1, of: "whisper")
                #expect(try await hasRoom(client) == false)
                request.cancel()
                try await eventually("the client that hung up is forgotten") { try await hasRoom(client) }
            }
            try await expectRoom(after: "a client that hung up")
        }
    }

    @Test func aModelsOwnLimitRefusesOnlyItsRequests() async throws {
        var whisper = TestRegistry.Model.whisper
        whisper.settings["max_queue"] = "1"
        try await withHealthyServer([whisper, .paraformer]) { _, client in
            let request = try await client.whileStopped("whisper") { _ in
                let request = try #require(requests(1, by: client).first)
                try await client.waitUntilInHand(1, of: "whisper")
                let refused = try await client.transcribe("en_word_16k.wav", ["model": "whisper"])
                try expectQueueFull(refused)
                #expect(try refused.error.message.contains("Model 'whisper' has 1 request in hand"))
                #expect(try await client.transcribe("en_word_16k.wav", ["model": "paraformer"]).body == Self.stop)
                return request
            }
            #expect(try await request.value.body == Self.stop)
        }
    }

    @Test func anEditedLimitAppliesAtOnce() async throws {
        var registry = TestRegistry([.whisper])
        registry.settings["max_queue"] = "1"
        try await withServer(.init(registry)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let request = try await client.whileStopped("whisper") { _ in
                let request = try #require(requests(1, by: client).first)
                try await client.waitUntilInHand(1, of: "whisper")
                #expect(try await hasRoom(client) == false)
                registry.settings["max_queue"] = "2"
                _ = try server.folder.write(registry)
                try await eventually("there is room") { try await hasRoom(client) }
                return request
            }
            #expect(try await request.value.body == Self.stop)
        }
    }

    /// The engine is stopped, so a response while all 64 requests are pending has not waited for any of them.
    @Test func aFullServerStillReportsItsHealth() async throws {
        try await withHealthyServer { _, client in
            let requests = try await client.whileStopped("whisper") { _ in
                let requests = self.requests(64, by: client)
                try await client.waitUntilInHand(64, of: "whisper")
                let refused = self.requests(200, by: client)
                #expect(try await client.get("/health").body == #"{"status": "ok"}"#)
                #expect(try await client.get("/health/ready").status == 200)
                #expect(try await client.get("/v1/models").body.contains(#""id": "whisper""#))
                #expect(try await client.status(of: "whisper") == "loaded")
                for request in refused { try expectQueueFull(try await request.value) }
                #expect(try await client.get("/health").body == #"{"status": "ok"}"#)
                #expect(try await client.engines().first?.requests == 64)
                return requests
            }
            for request in requests { #expect(try await request.value.body == Self.stop) }
        }
    }
}
