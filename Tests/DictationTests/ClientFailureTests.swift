import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Dictation

/// The client with servers and files that fail.
@Suite struct ClientFailureTests: ClientSuite {
    @Test(arguments: ["-9223372036854775808", "-1", "99999999999999999999", "soon"])
    func anInvalidRetryAfterIsIgnored(seconds: String) async throws {
        let busy = [ScriptedServer.Step].answer(429, "Too many.", headers: ["Retry-After: \(seconds)"])
        try await withScriptedServer(busy, .answer(200, "stop")) { server in
            let pauses = Mutex<[Duration]>([])
            let text = try await client(server.url).transcribe(request()) { progress in
                if case .retrying(_, let pause) = progress { pauses.withLock { $0.append(pause) } }
            }
            #expect(text == "stop")
            #expect(pauses.withLock { $0 }.allSatisfy { $0 >= .zero && $0 <= .milliseconds(5) })
        }
    }

    @Test func retryAfterIsHonoured() async throws {
        let busy = [ScriptedServer.Step].answer(
            429, #"{"error": {"message": "Too many."}}"#, headers: ["Retry-After: 1"])
        try await withScriptedServer(busy, .answer(503, "Soon."), [.hangUp], .answer(200, "stop")) { server in
            let start = ContinuousClock.now
            let text = try await client(server.url).transcribe(request())
            #expect(text == "stop")
            #expect(ContinuousClock.now - start >= .seconds(1))
            #expect(server.requests.count == 4)
            #expect(server.requests.allSatisfy { $0.body == server.requests[0].body || $0.body.contains("filename") })
        }
    }

    @Test func retriesOfABusyServerAreLimited() async throws {
        try await withScriptedServer(.answer(503, #"{"error": {"message": "Loading."}}"#)) { server in
            try await expectError(.busy, "answers 503: Loading.", from: server, requests: 4)
        }
    }

    @Test(arguments: [
        (
            400, #"{"error": {"message": "No such language."}}"#, "answers 400: No such language.",
            ClientError.Code.refused
        ),
        (401, #"{"error": {"message": "Wrong key."}}"#, "answers 401: Wrong key.", .refused),
        (404, "<html>lost</html>", "answers 404: Not Found.", .refused),
        (404, #"{"detail": "Model 'x' is not installed."}"#, "answers 404: Model 'x' is not installed.", .refused),
        (400, #"{"error": "failed to read audio data"}"#, "answers 400: failed to read audio data.", .refused),
        (500, "backend out of memory", "answers 500: backend out of memory.", .failed),
        (301, "", "Write the address it leads to", .refused),
        (500, #"{"error": {"message": "Died."}}"#, "answers 500: Died.", .failed),
        (200, "<HTML>x", "web page", .failed),
    ])
    func permanentFailuresAreNotRetried(status: Int, body: String, words: String, code: ClientError.Code) async throws {
        try await withScriptedServer(.answer(status, body)) { server in
            try await expectError(code, words, from: server, requests: 1)
        }
    }

    @Test func aServerMayForbidARetry() async throws {
        let answer = [ScriptedServer.Step].answer(503, "Broken.", headers: ["x-should-retry: false"])
        try await withScriptedServer(answer) { server in
            try await expectError(.busy, "503", from: server, requests: 1)
        }
    }

    @Test func aLostConnectionIsRetried() async throws {
        try await withScriptedServer([.hangUp]) { server in
            try await expectError(.unreachable, "hung up without an answer", from: server, requests: 4)
        }
    }

    @Test func aConnectionLostDuringTheResponseIsRetried() async throws {
        let half: ScriptedServer.Step = .send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"text\":")
        try await withScriptedServer([half, .hangUp]) { server in
            try await expectError(.failed, "hung up in the middle of its answer", from: server, requests: 4)
        }
        try await withScriptedServer([half, .hangUp], .answer(200, "stop")) { server in
            let text = try await client(server.url).transcribe(request())
            #expect(text == "stop")
        }
    }

    @Test func aServerThatDoesNotSpeakHTTPIsReported() async throws {
        try await withScriptedServer([.send("220 mail.invalid ESMTP\r\n"), .hangUp]) { server in
            try await expectError(.unreachable, "does not answer in HTTP", from: server, requests: 1)
        }
    }

    @Test func aSilentServerTimesOut() async throws {
        try await withScriptedServer([.pause(.seconds(30))]) { server in
            try await expectError(.failed, "said nothing", from: server, requests: 1, patience: .seconds(2))
        }
    }

    @Test func theTimeLimitGrowsWithTheRecording() async throws {
        try await withScriptedServer([.pause(.milliseconds(900))] + .answer(200, "stop")) { server in
            let client = try client(server.url, patience: .milliseconds(100))
            #expect(try await client.transcribe(request(duration: .seconds(30))) == "stop")
        }
    }

    @Test func anUnreachableServerIsExplainedInTwoLines() async throws {
        let error = await #expect(throws: ClientError.self) {
            try await client("http://127.0.0.1:1/v1").transcribe(request())
        }
        #expect(error?.code == .unreachable)
        #expect(error?.description.split(separator: "\n").count == 2)
        #expect(error?.description.contains("asr2clip-serve") == true)
        #expect(error?.description.contains("asr2clip --edit") == true)
    }

    @Test func aMissingRecordingIsNamed() async throws {
        try await withScriptedServer(.answer(200, "stop")) { server in
            let error = await #expect(throws: ClientError.self) {
                try await client(server.url).transcribe(TranscriptionRequest(file: "/nowhere.wav", model: "m"))
            }
            #expect(error?.code == .unreadable)
            #expect(error?.description.contains("/nowhere.wav") == true)
        }
    }

    @Test func aFileTruncatedDuringUploadIsAFileError() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Data(count: 3 << 20), to: "shrinks.wav")
        try await withScriptedServer(.answer(200, "stop")) { server in
            let client = try client(server.url)
            let error = await #expect(throws: ClientError.self) {
                try await client.transcribe(TranscriptionRequest(file: file, model: "m")) { progress in
                    if case .sent(let share) = progress, share > 0 { truncate(file, 1 << 18) }
                }
            }
            #expect(error?.code == .unreadable)
            #expect(error?.description.contains("'\(file)' became shorter") == true, "\(error as Any)")
        }
    }

    @Test func aFileThatGrowsDuringUploadIsSentAsItWasWithAWarning() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Data(count: 3 << 20), to: "grows.wav")
        try await withScriptedServer(.answer(200, "stop")) { server in
            let told = Mutex<[TranscriptionProgress]>([])
            let text = try await client(server.url).transcribe(TranscriptionRequest(file: file, model: "m")) {
                progress in
                if case .sent(let share) = progress, share > 0 { truncate(file, 4 << 20) }
                told.withLock { $0.append(progress) }
            }
            #expect(text == "stop")
            #expect(
                told.withLock { $0 }.contains(
                    .notice("'\(file)' grew while it was sent; what was added is not in the text.")))
        }
    }

    @Test func errorsOfTheProgressReportAreNotBlamedOnTheServer() async throws {
        struct Full: Error {}
        let pieces = ["data: {\"type\": \"transcript.text.delta\", \"delta\": \"one\"}\n\n"]
        try await withScriptedServer(.stream(pieces)) { server in
            let client = try client(server.url)
            await #expect(throws: Full.self) {
                try await client.transcribe(request(isStreamed: true)) { progress in
                    if case .delta = progress { throw Full() }
                }
            }
            await #expect(throws: Full.self) {
                try await client.transcribe(request()) { progress in if case .sent = progress { throw Full() } }
            }
        }
    }

    @Test func aMissingKeyIsReported() async throws {
        try await withScriptedServer(.answer(401, #"{"detail": "Not authenticated"}"#)) { server in
            let error = await #expect(throws: ClientError.self) { try await client(server.url).transcribe(request()) }
            #expect(
                error?.description.contains("401: Not authenticated. No key was sent") == true, "\(error as Any)")
        }
    }

    @Test(arguments: [
        ("data: {\"error\": {\"message\": \"The engine died.\"}}\n\n", "broke off: The engine died."),
        ("", "broke off"),
    ])
    func aBrokenStreamIsNeverTakenAsTheWholeText(ending: String, words: String) async throws {
        let start = "data: {\"type\": \"transcript.text.delta\", \"delta\": \"one\"}\n\n"
        try await withScriptedServer(.stream([start, ending])) { server in
            try await expectError(.failed, words, from: server, requests: 1, isStreamed: true)
        }
    }
}
