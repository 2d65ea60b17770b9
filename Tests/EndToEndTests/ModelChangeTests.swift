import Foundation
import TestSupport
import Testing

/// Models that are downloaded, loaded and unloaded by request.
@Suite(.serialized)
struct ModelChangeTests {
    private static let stop = #"{"text": "stop"}"#
    private static let key = ServerKey.headers

    private func withKeyedServer(
        _ models: [TestRegistry.Model], _ arguments: [String] = [],
        _ body: (ServerProcess, APIClient) async throws -> Void
    ) async throws {
        try await withServer(.init(TestRegistry(models), ServerKey.arguments + arguments)) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            try await body(server, client)
            #expect(!server.process.standardError.contains("The engine ended."))
        }
    }

    private func expectStop(from model: String, _ client: APIClient) async throws {
        let answer = try await client.transcribe(
            try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav")), ["model": model], headers: Self.key)
        #expect(answer.body == Self.stop)
    }

    private func leftovers(_ server: ServerProcess) -> [String] {
        let models = server.folder.data + "/asr2clip/models"
        return ((try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []).sorted()
    }

    @Test func aPullIsAnsweredAtOnceAndItsProgressIsShown() async throws {
        try await withHeldModel { model, file in
            try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
                let client = APIClient(server)
                let answer = try await client.change("fetched", "pull")
                #expect(answer.status == 202)
                #expect(try answer.model.status == "downloading")
                try await eventually("half of it is there") {
                    try await client.model("fetched").downloadedBytes == file.half
                }
                let half = try await client.model("fetched")
                #expect(half.totalBytes == file.size)
                #expect(half.downloadPercent == Int(Double(file.half) / Double(file.size) * 100))
                #expect(try await client.change("fetched", "pull").model == half)
                file.release()
                try await client.waitUntil("fetched", is: "unloaded")
                #expect(try await client.model("fetched").downloadedBytes == nil)
                let again = try await client.change("fetched", "pull")
                #expect(try (again.status, again.model.status) == (202, "unloaded"))
                #expect(file.requests == 1)
                let line =
                    /info asr2clip: action=pull model=fetched request=req_\w+ \[APIServer\] Accepted a change of a model\./
                try await eventually("it is in the log") { server.process.standardError.contains(line) }
            }
        }
    }

    @Test func oneModelIsDownloadedAtATime() async throws {
        try await withHeldModel { model, file in
            var other = model.named("other", in: "other")
            other.download["url"] = file.url
            try await withServer(.init(TestRegistry([.paraformer, model, other]))) { server in
                let client = APIClient(server)
                #expect(try await client.change("fetched", "pull").status == 202)
                for action in ["pull", "load"] {
                    let refused = try await client.change("other", action)
                    try expectError(refused, 409, "download_running", parameter: "model")
                    #expect(try refused.error.message.contains("'fetched' is being downloaded"))
                    #expect(refused.headers["retry-after"] == "10")
                }
                #expect(try await client.model("other").status == "missing")
                #expect(try await client.change("paraformer", "pull").status == 202, "it has nothing to download")
                file.release()
                try await client.waitUntil("fetched", is: "unloaded")
                #expect(try await client.change("other", "pull").status == 202)
                try await client.waitUntil("other", is: "unloaded")
            }
        }
    }

    @Test func aPullJoinsTheDownloadOfATranscription() async throws {
        try await withHeldModel { model, file in
            try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
                let client = APIClient(server)
                async let text = client.transcribe("en_word_16k.wav", ["model": "fetched"])
                try await client.waitUntil("fetched", is: "downloading")
                #expect(try await client.change("fetched", "pull").status == 202)
                file.release()
                #expect(try await text.body == Self.stop)
                #expect(file.requests == 1)
            }
        }
    }

    @Test func aMissingModelIsDownloadedAndLoaded() async throws {
        try await withHeldModel { model, file in
            try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
                let client = APIClient(server)
                for _ in 0..<2 {
                    let answer = try await client.change("fetched", "load")
                    #expect(try (answer.status, answer.model.status) == (202, "downloading"))
                }
                file.release()
                try await client.waitUntil("fetched", is: "loaded")
                #expect(server.engines.count == 2)
                #expect(try await client.transcribe("en_word_16k.wav", ["model": "fetched"]).body == Self.stop)
            }
        }
    }

    @Test func anUnloadRevokesALoadThatWaitsForItsDownload() async throws {
        try await withHeldModel { model, file in
            try await withKeyedServer([.paraformer, model]) { server, client in
                #expect(try await client.change("fetched", "load", headers: Self.key).status == 202)
                let answer = try await client.change("fetched", "unload", headers: Self.key)
                #expect(try (answer.status, answer.model.status) == (202, "downloading"))
                file.release()
                try await client.waitUntil("fetched", is: "unloaded", headers: Self.key)
                // Another model is loaded after it, so a load of this one would have begun by now.
                try await expectStop(from: "paraformer", client)
                #expect(try await client.model("fetched", headers: Self.key).status == "unloaded")
                #expect(server.engines.count == 1)
            }
        }
    }

    @Test func runningRequestsAreFinishedBeforeAModelIsUnloaded() async throws {
        try await withKeyedServer([.paraformer, .whisper]) { server, client in
            let before = server.engines
            let phrases = try Phrases(40)
            async let long = client.transcribe(
                phrases.file, ["model": "whisper", "response_format": "text"], headers: Self.key)
            try await eventually("it is being transcribed") {
                try await client.send("GET", "/v1/ps", headers: Self.key).body.contains(#""requests": 1"#)
            }
            let answer = try await client.change("whisper", "unload", headers: Self.key)
            #expect(try (answer.status, answer.model.status) == (202, "unloaded"))
            #expect(try await client.send("GET", "/v1/ps", headers: Self.key).body.contains(#""ending": true"#))
            #expect(try await long.body == phrases.text)
            try await eventually("its process is gone") { server.engines == before }
            try await expectStop(from: "whisper", client)
            #expect(try await client.model("whisper", headers: Self.key).status == "loaded")
        }
    }

    /// Neither a probe nor an edit of the registry loads it again, but a request does.
    @Test func anUnloadedDefaultModelStaysUnloadedUntilItIsNeeded() async throws {
        try await withKeyedServer([.paraformer, .whisper]) { server, client in
            #expect(try await client.change("paraformer", "unload", headers: Self.key).status == 202)
            try await eventually("its process is gone") { server.engines == [] }
            for path in ["/health", "/health/ready"] {
                #expect(try await client.get(path).body == #"{"status": "ok"}"#)
            }
            let reread = "The registry was read again."
            server.process.signal(SIGHUP)
            try await eventually("the registry is read again") { server.process.standardError.contains(reread) }
            try await expectStop(from: "whisper", client)
            #expect(try await client.model("paraformer", headers: Self.key).status == "unloaded")
            #expect(server.engines.count == 1)
            try await expectStop(from: "paraformer", client)
            #expect(try await client.model("paraformer", headers: Self.key).status == "loaded")
        }
    }

    /// It is unloaded while its download runs, so the server never loads it by itself.
    @Test func aDefaultModelThatWasUnloadedBeforeItsFirstLoadIsReady() async throws {
        try await withHeldModel { model, file in
            let setup = ServerProcess.Setup(TestRegistry([model, .paraformer]), ServerKey.arguments)
            try await withServer(setup) { server in
                let client = APIClient(server)
                try await client.waitUntil("fetched", is: "downloading", headers: Self.key)
                #expect(try await client.change("fetched", "unload", headers: Self.key).status == 202)
                try expectError(try await client.get("/health/ready"), 503, "model_not_ready", parameter: "model")
                file.release()
                try await client.waitUntil("fetched", is: "unloaded", headers: Self.key)
                #expect(try await client.get("/health/ready").body == #"{"status": "ok"}"#)
                #expect(try await client.get("/health").body == #"{"status": "loading"}"#)
                let engines = server.engines
                #expect(engines == [])
                try await expectStop(from: "fetched", client)
                #expect(try await client.get("/health").body == #"{"status": "ok"}"#)
            }
        }
    }

    @Test func aModelCanBeUnloadedWhileItLoads() async throws {
        try await withKeyedServer([.paraformer, .whisper]) { server, client in
            let before = server.engines
            for _ in 0..<5 {
                let loading = try await client.change("whisper", "load", headers: Self.key)
                #expect(loading.status == 202)
                #expect(try ["loading", "loaded"].contains(loading.model.status))
                #expect(try await client.change("whisper", "unload", headers: Self.key).model.status == "unloaded")
            }
            try await eventually("no process is left") { server.engines == before }
            #expect(try await client.model("whisper", headers: Self.key).status == "unloaded")
            #expect(try await client.change("whisper", "load", headers: Self.key).status == 202)
            try await client.waitUntil("whisper", is: "loaded", headers: Self.key)
        }
    }

    @Test func deletingAModelEndsItsDownload() async throws {
        try await withHeldModel { model, file in
            try await withKeyedServer([.paraformer, model]) { server, client in
                let waiting = Task {
                    try await client.transcribe(
                        try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav")), ["model": "fetched"],
                        headers: Self.key)
                }
                try await client.waitUntil("fetched", is: "downloading", headers: Self.key)
                #expect(try await client.change("fetched", "load", headers: Self.key).status == 202)
                try await eventually("a part is there") {
                    try await client.model("fetched", headers: Self.key).downloadedBytes == file.half
                }
                let deleted = try await client.delete("fetched", headers: Self.key)
                #expect(deleted.body == #"{"id": "fetched", "object": "model", "deleted": true}"#)
                let refused = try await waiting.value
                try expectError(refused, 503, "model_failed", parameter: "model")
                #expect(try refused.error.message == "Model 'fetched' has just been deleted.")
                #expect(try await client.model("fetched", headers: Self.key).status == "missing")
                #expect(leftovers(server) == [])
                file.release()
                try await expectStop(from: "fetched", client)
                #expect(file.requests == 2)
            }
        }
    }

    @Test func aFailedDownloadIsReportedWithItsReason() async throws {
        try await withDownload { model, web in
            var model = model
            model.download["url"]? += ".gone"
            try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
                let client = APIClient(server)
                let answer = try await client.change("fetched", "pull")
                try expectError(answer, 503, "model_failed", parameter: "model")
                let shown = try await client.model("fetched")
                #expect(shown.status == "failed")
                #expect(try shown.reason == answer.error.message)
                #expect(shown.reason?.contains("404") == true)
            }
        }
    }

    @Test func aModelThatCannotBeLoadedIsShownWithTheReason() async throws {
        let workshop = try Workshop()
        let broken = try workshop.copy(.senseVoice, as: "broken")
        try workshop.truncate(workshop.path("broken", "model.onnx"))
        try await withServer(.init(TestRegistry([.paraformer, broken]))) { server in
            let client = APIClient(server)
            #expect(try await client.change("broken", "load").status == 202)
            try await client.waitUntil("broken", is: "failed")
            #expect(try await client.model("broken").reason?.contains("model.onnx") == true)
            try expectError(try await client.change("broken", "load"), 503, "model_failed", parameter: "model")
        }
    }

    /// The size is that of models.yaml, or else that of the file's server.
    @Test(arguments: [true, false]) func aDownloadThatDoesNotFitOnTheDiskIsRefused(isRegistered: Bool) async throws {
        let huge = 1 << 60
        try await withHeldModel(promising: huge) { model, file in
            var model = model
            if isRegistered { model.download["size"] = "\(huge)" }
            try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
                let client = APIClient(server)
                for _ in 0..<2 {
                    let answer = try await client.change("fetched", "pull")
                    try expectError(answer, 507, "storage_full", parameter: "model")
                    #expect(answer.headers["x-should-retry"] == "false")
                    #expect(try answer.error.message.contains("fetched needs about "))
                }
                #expect(try await client.model("fetched").status == (isRegistered ? "missing" : "failed"))
                #expect(file.requests == (isRegistered ? 0 : 1))
                #expect(!leftovers(server).contains("fetched"))
            }
        }
    }

    @Test(arguments: ["pull", "load", "unload"]) func theServerStopsDuringAChange(action: String) async throws {
        try await withHeldModel { model, file in
            try await withKeyedServer([.paraformer, model]) { server, client in
                #expect(try await client.change("fetched", "load", headers: Self.key).status == 202)
                try await eventually("a part is there") {
                    try await client.model("fetched", headers: Self.key).downloadedBytes == file.half
                }
                #expect(try await client.change("fetched", action, headers: Self.key).status == 202)
                #expect(try await client.change("paraformer", "unload", headers: Self.key).status == 202)
                #expect(try await server.stop(by: SIGTERM) == .exited(0))
                #expect(leftovers(server) == [".incoming-fetched"], "what has arrived is kept")
                let engines = server.engines
                #expect(engines == [])
            }
        }
    }
}

/// The key of a server under test.
enum ServerKey {
    static let arguments = ["--api-key", "sesame"]
    static let headers = [("Authorization", "Bearer sesame")]
}
