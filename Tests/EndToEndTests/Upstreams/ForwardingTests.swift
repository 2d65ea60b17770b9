import Foundation
import Subprocess
import TestSupport
import Testing

/// A server whose model is on another asr2clip.
@Suite(.serialized)
struct ForwardingTests {
    /// Runs `body` with a client of each.
    private func withChain(
        _ models: [TestRegistry.Model] = [.timedWhisper, .senseVoice], keys: [String: String] = [:],
        _ body: (_ near: APIClient, _ far: APIClient, ServerProcess) async throws -> Void
    ) async throws {
        try await withServer(.init(TestRegistry(models), ["--api-key", "far-key"])) { far in
            let entry = ["url": far.url + "/v1", "model": models[0].name, "api_key_env": "FAR_KEY"].merging(keys) { $1 }
            try await withForwarder(to: entry, environment: ["FAR_KEY": "far-key"], aliases: ["other": "far"]) {
                near, server in
                try await eventually("the far server describes its model") {
                    try await near.get("/v1/models/far").body.contains(#""status": "loaded""#)
                }
                try await body(near, APIClient(far), server)
            }
        }
    }

    private static let key = [("Authorization", "Bearer far-key")]

    @Test func eachFormatIsWhatTheFarServerAnswers() async throws {
        try await withChain { near, far, server in
            let file = try MultipartBody.Upload(path: Fixtures.audio("en_two_phrases_16k.wav"))
            for format in ["json", "text", "verbose_json", "srt", "vtt"] {
                let answer = try await near.transcribe(file, ["model": "far", "response_format": format])
                let direct = try await far.transcribe(
                    file, ["response_format": format], headers: Self.key, at: APIClient.transcriptions)
                #expect(answer.status == 200, "\(answer.body)")
                #expect(answer.body == direct.body)
                #expect(answer.headers["content-type"] == direct.headers["content-type"])
                #expect(answer.headers["x-asr-upstream-request-id"] == answer.headers["x-request-id"])
            }
            let words = try await near.transcribe(
                file, ["response_format": "verbose_json", "timestamp_granularities[]": "word", "temperature": "0.5"])
            #expect(words.body.contains(#""words": [{"word""#))
            #expect(words.headers["x-asr-ignored"] == nil)
            try await eventually("it is in the log") {
                server.process.standardError.contains("upstream=127.0.0.1:")
            }
        }
    }

    @Test func whatTheFarModelCanDoIsShown() async throws {
        try await withChain([.hotwords]) { near, _, _ in
            let model = try await near.get("/v1/models/far").body
            #expect(model.contains(#""capabilities": ["hints"]"#), "\(model)")
        }
    }

    @Test func textIsStreamedAsItComes() async throws {
        try await withChain { near, far, _ in
            let phrases = try Phrases(6)
            let events = try await near.stream(phrases.file, ["stream": "true"])
            #expect(events.count > 3)
            #expect(events.last == .finished)
            #expect(events.deltas == events.doneText)
            let direct = try await far.stream(phrases.file, ["stream": "true"], headers: Self.key) {
                try await $0.rest()
            }
            #expect(events == direct)
            let raw = try await near.stream(
                phrases.file, ["stream": "true", "response_format": "verbose_json"]
            ) { events in
                _ = try await events.rest()
                return events.raw
            }
            #expect(raw.contains("event: transcript.text.done\n"))
            #expect(raw.contains(#""segments": [{"#))
        }
    }

    @Test func otherAPIsGetTheirOwnShapes() async throws {
        try await withChain { near, _, _ in
            let file = try MultipartBody.Upload(path: Fixtures.audio(word))
            let samples = MultipartBody.Upload(name: "x", bytes: file.bytes.dropFirst(44)).named("audio_file")
            let raw = try await near.transcribe(samples, [:], at: "/asr?encode=false&output=json")
            #expect(raw.body.contains(#""text": "stop""#), "\(raw.body)")
            let whisper = try await near.transcribe(file, ["response_format": "verbose_json"], at: "/inference")
            #expect(whisper.body.contains(#""t_dtw""#), "\(whisper.body)")
            let subtitles = try await near.transcribe(file.named("audio_file"), [:], at: "/asr?output=srt")
            #expect(subtitles.body.contains("--> "), "\(subtitles.body)")
            let azure = try await near.transcribe(
                file, [:], at: "/openai/deployments/other/audio/transcriptions?api-version=1")
            #expect(azure.body == #"{"text": "stop"}"#)
            let language = try await near.transcribe(file.named("audio_file"), [:], at: "/detect-language")
            #expect(language.body.contains(#""language_code": "en""#), "\(language.body)")
        }
    }

    @Test func aTranslationIsAskedForOnlyIfTheModelTranslates() async throws {
        try await withChain([.timedWhisper]) { near, _, _ in
            let answer = try await near.translate(word, [:])
            #expect(answer.status == 200, "\(answer.body)")
        }
        try await withChain([.senseVoice]) { near, _, _ in
            try expectError(try await near.translate(word, [:]), 400, "unsupported_value", parameter: "model")
        }
    }

    @Test func aModelsAbilitiesAreAskedOfItsServerOrDeclared() async throws {
        try await withChain([.senseVoice]) { near, _, _ in
            let model = try await near.get("/v1/models/far").body
            #expect(model.contains(#""owned_by": "upstream", "type": "openai", "languages": ["zh", "en""#), "\(model)")
            #expect(model.contains(#""sends_audio_to": ["127.0.0.1:"#))
            try expectError(
                try await near.transcribe(word, ["language": "de"]), 400, "unsupported_value", parameter: "language")
            #expect(try await near.transcribe(word, ["language": "en-US"]).status == 200)
        }
        try await withChain([.senseVoice], keys: ["languages": "[en]"]) { near, _, _ in
            let model = try await near.get("/v1/models/other").body
            #expect(model.contains(#""alias_of": "far""#))
            #expect(model.contains(#""languages": ["en"]"#))
            try expectError(
                try await near.transcribe(word, ["language": "zh"]), 400, "unsupported_value", parameter: "language")
        }
    }

    @Test func aMistakeInTheRequestIsReportedAsTheFarServerReportsIt() async throws {
        try await withChain { near, _, _ in
            let noise = MultipartBody.Upload(name: "a.wav", bytes: Data("no sound at all".utf8))
            try expectError(try await near.transcribe(noise, [:]), 400, "audio_undecodable", parameter: "file")
            let empty = MultipartBody.Upload(name: "a.wav", bytes: Data())
            try expectError(try await near.transcribe(empty, [:]), 400, "audio_empty", parameter: "file")
        }
    }

    /// The tool leaves the choice of the model to the server, although another one is the first in its list.
    @Test func theToolUsesItWithoutKnowing() async throws {
        try await withServer(.init(TestRegistry([.senseVoice]))) { far in
            let entry = ["url": far.url + "/v1", "model": "sense_voice"]
            try await withForwarder(to: entry, beside: [.transducer]) { near, server in
                let result = try await runToEnd(
                    ServerProcess.path(of: "asr2clip"), ["transcribe", Fixtures.audio(word)],
                    environment: server.folder.environment.merging(["OPENAI_BASE_URL": near.url + "/v1"]) { $1 })
                #expect(result.status == .exited(0), "\(result.error)")
                #expect(result.output == "stop\n")
                #expect(server.engines.isEmpty)
            }
        }
    }

    @Test func theCommandsAboutModelsSayWhereSoundIsSent() async throws {
        let folder = try ServerFolder()
        var registry = TestRegistry([.senseVoice], defaultModel: "far")
        registry.upstreams = [
            "far": [
                "url": "https://gpu.example/v1", "model": "m", "api_key_file": "/nonexistent/key", "translates": "yes",
            ]
        ]
        let config = try folder.write(registry)
        func run(_ arguments: String...) async throws -> (status: TerminationStatus, text: String) {
            let result = try await runToEnd(
                ServerProcess.path(of: "asr2clip"), arguments + ["--config", config], environment: folder.environment)
            return (result.status, result.output + result.error)
        }
        let list = try await run("models")
        #expect(list.text.contains("far (default)"))
        #expect(list.text.contains("sends sound to gpu.example:443"))
        let show = try await run("models", "show", "far")
        #expect(show.text.contains("https://gpu.example/v1: m, with a key"), "\(show.text)")
        #expect(show.text.contains("Translates yes"), "\(show.text)")
        let json = try await run("models", "show", "far", "--json")
        #expect(json.text.contains(#""sends_audio_to": ["gpu.example:443"]"#), "\(json.text)")
        let check = try await run("models", "check")
        #expect(check.status == .exited(1))
        #expect(check.text.contains("/nonexistent/key"), "\(check.text)")
        for command in ["pull", "remove"] {
            let refused = try await run("models", command, "far")
            #expect(refused.status == .exited(1))
            #expect(refused.text.contains("is not on this machine"), "\(refused.text)")
        }
        let fetched = try await runToEnd(
            ServerProcess.path(of: "asr2clip-serve"), ["--download-model", "--config", config],
            environment: folder.environment)
        #expect(fetched.status == .exited(0), "\(fetched.error)")
        #expect(fetched.error.contains("nothing to fetch"), "\(fetched.error)")
    }

    @Test func nothingThatConcernsFilesOrEnginesIsDoneToIt() async throws {
        try await withServer(.init(TestRegistry([.senseVoice]))) { far in
            try await withForwarder(
                to: ["url": far.url + "/v1", "model": "sense_voice"], ["--api-key", "key"]
            ) { near, server in
                let key = [("Authorization", "Bearer key")]
                for action in ["pull", "load", "unload", "add"] {
                    let answer = try await near.send(
                        "POST", "/v1/models/far", headers: key + [("Content-Type", "application/json")],
                        body: Data(#"{"action": "\#(action)"}"#.utf8))
                    try expectError(answer, 400, "invalid_value", parameter: "model")
                }
                try expectError(
                    try await near.send("DELETE", "/v1/models/far", headers: key), 400, "invalid_value",
                    parameter: "model")
                let list = try await near.send("GET", "/v1/ps", headers: key)
                #expect(list.body.contains(#""data": []"#))
                // No request makes an upstream.
                let entry = #"{"action": "add", "type": "openai", "url": "http://evil.example/v1", "model": "m"}"#
                let added = try await near.send(
                    "POST", "/v1/models/evil", headers: key + [("Content-Type", "application/json")],
                    body: Data(entry.utf8))
                try expectError(added, 404, "model_not_found", parameter: "model")
                #expect(try await !near.send("GET", "/v1/models", headers: key).body.contains("evil"))
                #expect(server.engines.isEmpty)
            }
        }
    }

    @Test func anEditChangesWhereRecordingsGoAndRequestsInHandKeepTheirs() async throws {
        let (edit, editing) = AsyncStream<Never>.makeStream()
        let slow: [ScriptedServer.Step] = [.wait { for await _ in edit {} }] + UpstreamAnswer.text("first")
        try await withScriptedServer(slow, toGet: UpstreamAnswer.models) { first in
            try await withScriptedServer(UpstreamAnswer.text("second"), toGet: UpstreamAnswer.models) { second in
                try await withForwarder(to: ["url": first.url, "model": "m"]) { client, server in
                    async let early = client.hear()
                    try await eventually("the first upstream has it") { first.requests.count == 1 }
                    var registry = TestRegistry([], defaultModel: "far")
                    registry.upstreams = ["far": ["url": second.url, "model": "m"]]
                    _ = try server.folder.write(registry)
                    try await eventually("the edit is in force") {
                        try await client.get("/v1/models/far").body.contains("127.0.0.1:\(second.port)")
                    }
                    try await client.expect(#"{"text": "second"}"#)
                    editing.finish()
                    #expect(try await early.body == #"{"text": "first"}"#)
                    #expect(first.requests.count == 1)
                }
            }
        }
    }
}
