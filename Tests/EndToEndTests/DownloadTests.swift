import Foundation
import TestSupport
import Testing

/// Models that are downloaded automatically, from a web server on this machine.
@Suite(.serialized)
struct DownloadTests {
    @Test func concurrentFirstRequestsFetchTheModelOnce() async throws {
        try await withDownload { model, web in
            try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
                let client = APIClient(server)
                #expect(try await client.get("/v1/models/fetched").body.contains(#""status": "missing""#))
                let texts = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<5 {
                        group.addTask { try await client.transcribe("en_word_16k.wav", ["model": "fetched"]).body }
                    }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(texts == [#"{"text": "stop"}"#])
                #expect(web.fetches == 1)
                #expect(try await client.get("/v1/models/fetched").body.contains(#""status": "loaded""#))
                let models = try FileManager.default.contentsOfDirectory(
                    atPath: server.folder.data + "/asr2clip/models")
                #expect(models.filter { !$0.hasPrefix(".") } == ["fetched"])
            }
        }
    }

    @Test func theDefaultModelIsFetchedAtStart() async throws {
        try await withDownload { model, web in
            try await withServer(.init(TestRegistry([model]))) { server in
                try await APIClient(server).waitUntilHealthy()
                #expect(web.fetches == 1)
            }
        }
    }

    @Test(arguments: ["asr2clip-serve", "asr2clip"])
    func downloadModelFetchesTheDefaultModelAndExits(executable: String) async throws {
        try await withDownload { model, web in
            let folder = try ServerFolder()
            let registry = TestRegistry([model])
            let arguments = ["--download-model", "--config", try folder.write(registry)]
            let place = folder.data + "/asr2clip/models/fetched"
            for text in ["Model 'fetched' is in \(place)\n", "Model 'fetched' is already in \(place)\n"] {
                let result = try await runToEnd(
                    ServerProcess.path(of: executable), arguments, environment: folder.environment)
                #expect(result.status == .exited(0), "\(result.error)")
                #expect(result.output == text)
            }
            #expect(web.fetches == 1)
            try await withServer(.init(registry), in: folder) { server in
                let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "fetched"])
                #expect(answer.body == #"{"text": "stop"}"#)
            }
            #expect(web.fetches == 1)
        }
    }

    @Test func aDamagedDownloadIsRefusedAndLeavesNothing() async throws {
        try await withDownload { model, _ in
            var model = model
            model.download["sha256"] = String(repeating: "0", count: 64)
            try await withServer(.init(TestRegistry([.paraformer, model]))) { server in
                let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "fetched"])
                try expectError(answer, 503, "model_failed", parameter: "model")
                #expect(answer.headers["x-should-retry"] == "false")
                #expect(try answer.error.message.contains("SHA-256"))
                let left = try? FileManager.default.subpathsOfDirectory(
                    atPath: server.folder.data + "/asr2clip/models/fetched")
                #expect(left == nil)
            }
            let folder = try ServerFolder()
            let result = try await runToEnd(
                ServerProcess.path(of: "asr2clip-serve"),
                ["--download-model", "--config", try folder.write(TestRegistry([model]))],
                environment: folder.environment)
            #expect(result.status == .exited(1))
            #expect(result.output == "")
            #expect(result.error.split(separator: "\n").last?.contains("SHA-256") == true)
        }
    }
}
