import Foundation
import TestSupport
import Testing

/// Models with invalid files: each reports its error, and none affects another.
@Suite(.serialized)
struct BrokenModelTests {
    private func expectFailure(
        of model: String, naming parts: [String], client: APIClient, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await client.transcribe("en_word_16k.wav", ["model": model])
        try expectError(answer, 503, "model_failed", parameter: "model", sourceLocation: sourceLocation)
        #expect(answer.headers["x-should-retry"] == "false", sourceLocation: sourceLocation)
        for part in parts { #expect(try answer.error.message.contains(part), sourceLocation: sourceLocation) }
        // The path of the models folder is not disclosed to clients.
        #expect(try !answer.error.message.contains("'/"), sourceLocation: sourceLocation)
        let other = try await client.transcribe("en_word_16k.wav", ["model": "paraformer"])
        #expect(other.body == #"{"text": "stop"}"#, sourceLocation: sourceLocation)
    }

    @Test func aTruncatedModelIsNamedAndWorksAfterItsRepair() async throws {
        let workshop = try Workshop()
        let model = try workshop.copy(.senseVoice, as: "broken")
        let path = workshop.path("broken", "model.onnx")
        try workshop.truncate(path)
        try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
            let client = APIClient(server)
            for _ in 0..<2 {
                try await expectFailure(of: "broken", naming: ["'model.onnx'", "truncated"], client: client)
            }
            #expect(try await client.get("/v1/models/broken").body.contains(#""status": "failed""#))

            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: Fixtures.model("sense_voice", "model.onnx"), toPath: path)
            let repaired = try await client.transcribe("en_word_16k.wav", ["model": "broken"])
            #expect(repaired.body == #"{"text": "stop"}"#)
            #expect(try await client.get("/v1/models/broken").body.contains(#""status": "loaded""#))
        }
    }

    @Test func brokenTokensAreReportedWithFileAndLine() async throws {
        let workshop = try Workshop()
        let model = try workshop.copy(.whisper, as: "broken")
        let path = workshop.path("broken", "tokens.txt")
        try Data("one 0\ntwo one and a half\n".utf8).write(to: URL(filePath: path))
        try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
            try await expectFailure(of: "broken", naming: ["'tokens.txt'", "line 2"], client: APIClient(server))
        }
    }

    @Test func aMissingFileIsNamed() async throws {
        let workshop = try Workshop()
        let model = try workshop.copy(.whisper, as: "broken")
        let path = workshop.path("broken", "decoder.onnx")
        try FileManager.default.removeItem(atPath: path)
        try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
            try await expectFailure(
                of: "broken", naming: ["decoder.onnx", "broken/decoder.onnx"], client: APIClient(server))
            let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "broken"])
            #expect(!answer.body.contains(path))
        }
    }

    @Test func aModelOfAnotherTypeIsNamed() async throws {
        let model = TestRegistry.Model.senseVoice.named("odd", in: TestRegistry.Model.paraformer.directory)
        try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
            try await expectFailure(of: "odd", naming: ["'model.onnx'", "sense_voice"], client: APIClient(server))
        }
    }

    /// sherpa-onnx ends the process for this.
    @Test func aLoadThatCrashesTheEngineIsTriedThreeTimesAndReportedWithItsErrorOutput() async throws {
        let workshop = try Workshop()
        let model = try workshop.copy(.transducer, as: "deadly")
        try workshop.replace("context_size", by: "context_sizf", in: workshop.path("deadly", "decoder.onnx"))
        try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            try await expectFailure(
                of: "deadly", naming: ["exit status 255", "'context_size' does not exist in the metadata"],
                client: client)
            func deaths() -> [Substring] {
                server.process.standardError.split(separator: "\n").filter {
                    $0.contains("model=deadly ") && $0.contains("The engine ended")
                }
            }
            try await eventually("three deaths are in the log") { deaths().count >= 3 }
            #expect(deaths().count == 3)
            #expect(server.engines.count == 1)
        }
    }

    /// The model loads, but sherpa-onnx aborts when it decodes, because it has more tokens than it declares. Warming up
    /// shows this before there is a request.
    @Test func aModelThatCrashesOnDecodingIsDetectedWhileLoading() async throws {
        let workshop = try Workshop()
        let model = try workshop.copy(.senseVoice, as: "deadly")
        let tokens = Data("<blank> 0\n<s> 1\n</s> 2\n".utf8)
        try tokens.write(to: URL(filePath: workshop.path("deadly", "tokens.txt")))
        try workshop.replace(
            "vocab_size\u{12}\u{2}82", by: "vocab_size\u{12}\u{2}03", in: workshop.path("deadly", "model.onnx"))
        try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
            let client = APIClient(server)
            try await expectFailure(of: "deadly", naming: ["signal 6: terminate called"], client: client)
            let other = try await client.transcribe("en_word_16k.wav", ["model": "paraformer"])
            #expect(other.body == #"{"text": "stop"}"#)
        }
    }

    @Test func aFailedDownloadOfTheDefaultModelDoesNotAffectOthers() async throws {
        var model = TestRegistry.Model.senseVoice.named("distant", in: "distant")
        model.download = ["url": "http://127.0.0.1:9/distant.tar.bz2"]
        try await withServer(.init(TestRegistry([model, .paraformer]))) { server in
            let client = APIClient(server)
            try await eventually("the log says why") {
                server.process.standardError.contains("The default model cannot be used")
            }
            try await expectFailure(of: "distant", naming: ["http://127.0.0.1:9/distant.tar.bz2"], client: client)
            #expect(try await client.get("/health").body == #"{"status": "loading"}"#)
            #expect(try await client.get("/health/live").status == 200)
            let ready = try await client.get("/health/ready")
            try expectError(ready, 503, "model_failed", parameter: "model")
            #expect(try ready.error.message.contains("http://127.0.0.1:9/distant.tar.bz2"))
        }
    }

    @Test func aFailedLoadOfTheDefaultModelDoesNotAffectOthers() async throws {
        let workshop = try Workshop()
        let model = try workshop.copy(.senseVoice, as: "broken")
        let path = workshop.path("broken", "model.onnx")
        try workshop.truncate(path)
        try await withServer(.init(TestRegistry([model, .paraformer]))) { server in
            let client = APIClient(server)
            try await eventually("the log says why") {
                server.process.standardError.contains("The default model cannot be used")
            }
            try await expectFailure(of: "broken", naming: ["'model.onnx'"], client: client)
            #expect(try await client.get("/health").body == #"{"status": "loading"}"#)
            let ready = try await client.get("/health/ready")
            try expectError(ready, 503, "model_failed", parameter: "model")
            #expect(try ready.error.message.contains("'model.onnx'"))
        }
    }

    @Test func aBadEntryDisablesOnlyThatEntry() async throws {
        var model = TestRegistry.Model.senseVoice.named("odd")
        model.type = "sense_of_humour"
        try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
            try await expectFailure(
                of: "odd", naming: ["models.yaml:", "sense_of_humour", "sense_voice"], client: APIClient(server))
        }
    }
}
