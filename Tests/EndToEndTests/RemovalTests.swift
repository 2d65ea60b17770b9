import Foundation
import TestSupport
import Testing

/// Models that are added and removed by command and by request.
@Suite(.serialized)
struct RemovalTests {
    private let key = [("Authorization", "Bearer sesame")]

    /// Without the record of hashes, which outlives models.
    private func contents(_ folder: ServerFolder) -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: folder.data + "/asr2clip/models")) ?? [])
            .filter { $0 != ".asr2clip-hashes.json" }.sorted()
    }

    @Test func aModelIsPulledAndRemovedFromTheCommandLine() async throws {
        try await withDownload { model, web in
            let folder = try ServerFolder()
            let registry = try folder.write(TestRegistry([.paraformer, model]))
            func run(_ arguments: String...) async throws -> (status: String, output: String, error: String) {
                let result = try await runToEnd(
                    ServerProcess.path(of: "asr2clip"), ["models"] + arguments + ["--config", registry],
                    environment: folder.environment)
                return ("\(result.status)", result.output, result.error)
            }
            let place = folder.data + "/asr2clip/models/fetched"
            #expect(try await run("pull", "fetched").output == "Model 'fetched' is in \(place)\n")
            #expect(try await run("pull", "fetched").output == "Model 'fetched' is already in \(place)\n")
            #expect(web.fetches == 1)
            #expect(try await run("check").output == "paraformer: good\nfetched: good\n")
            let pulled = try await run("pull", "fetched", "nobody", "--json")
            #expect(pulled.status == "exited(1)")
            #expect(
                pulled.output.hasPrefix(#"[{"name": "fetched", "status": "present", "added": false, "directory": "#))
            #expect(pulled.output.contains(#"{"name": "nobody", "status": "failed", "reason": "There is no model"#))

            let unasked = try await run("remove", "fetched")
            #expect(unasked.status == "exited(1)")
            #expect(unasked.error.contains("Add --yes"))
            #expect(contents(folder).contains("fetched/model.onnx"))
            let byHand = try await run("remove", "paraformer", "--yes")
            #expect(byHand.status == "exited(1)")
            #expect(byHand.error.contains("is not below the models folder"))

            let removed = try await run("remove", "fetched", "--yes")
            #expect(removed.status == "exited(0)", "\(removed.error)")
            #expect(removed.output.hasPrefix("Removed 'fetched' ("))
            #expect(contents(folder) == [])
            #expect(try await run("remove", "fetched", "--yes").error.contains("has no files to delete"))
        }
    }

    @Test(arguments: [("y", true), ("no", false), ("", false)])
    func removingAsksOnATerminal(answer: String, isRemoved: Bool) async throws {
        try await withDownload { model, _ in
            let folder = try ServerFolder()
            let registry = try folder.write(TestRegistry([model]))
            let tool = ServerProcess.path(of: "asr2clip")
            let pulled = try await runToEnd(
                tool, ["models", "pull", "fetched", "--config", registry], environment: folder.environment)
            #expect(pulled.status == .exited(0), "\(pulled.error)")
            let command = "\(tool) models remove fetched --config \(registry)"
            let session = "echo '\(answer)' | script --quiet --return --command '\(command)' /dev/null"
            let result = try await runToEnd("/bin/sh", ["-c", session], environment: folder.environment)
            #expect(result.status == .exited(isRemoved ? 0 : 1), "\(result.output)")
            #expect(result.output.contains("Delete the downloaded files of 'fetched' in "))
            #expect(contents(folder).contains("fetched/model.onnx") == !isRemoved)
        }
    }

    @Test func aModelCanBeDeletedWhileItIsInUse() async throws {
        try await withDownload { model, web in
            let setup = ServerProcess.Setup(TestRegistry([.paraformer, model]), ["--api-key", "sesame"])
            try await withServer(setup) { server in
                let client = APIClient(server)
                let phrases = try Phrases(40)
                func transcribe(_ file: MultipartBody.Upload) async throws -> Answer {
                    try await client.transcribe(
                        file, ["model": "fetched", "response_format": "text"], headers: key)
                }
                let word = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
                #expect(try await transcribe(word).body == "stop")
                async let long = client.transcribe(
                    phrases.file, ["model": "fetched", "response_format": "text"], headers: key)
                try await eventually("the long one is being transcribed") {
                    try await client.send("GET", "/v1/ps", headers: key).body.contains(#""requests": 1"#)
                }

                let deleted = try await client.send("DELETE", "/v1/models/fetched", headers: key)
                #expect(deleted.body == #"{"id": "fetched", "object": "model", "deleted": true}"#)
                #expect(deleted.status == 200)
                let finished = try await long
                #expect(finished.body == phrases.text, "what ran was finished first")
                #expect(contents(server.folder) == [])
                let shown = try await client.send("GET", "/v1/models/fetched", headers: key)
                #expect(shown.body.contains(#""status": "missing""#))

                #expect(try await transcribe(word).body == "stop")
                #expect(web.fetches == 2)
            }
        }
    }

    @Test func filesThatWereNotDownloadedAreNotDeleted() async throws {
        try await withServer(.init(TestRegistry([.paraformer]), ["--api-key", "sesame"])) { server in
            let client = APIClient(server)
            let answer = try await client.send("DELETE", "/v1/models/paraformer", headers: key)
            try expectError(answer, 400, "invalid_value", parameter: "model")
            try expectError(
                try await client.send("DELETE", "/v1/models/nobody", headers: key), 404, "model_not_found",
                parameter: "model")
            try expectError(try await client.send("DELETE", "/v1/models/paraformer"), 401, "invalid_api_key")
            #expect(FileManager.default.fileExists(atPath: Fixtures.model("paraformer", "model.onnx")))
        }
    }
}
