import Foundation
import TestSupport
import Testing

/// The page in a browser: see Tests/Page.
@Suite(.serialized, .enabled(if: Chromium.isInstalled, Chromium.advice))
struct PageTests {
    @Test(arguments: [
        "modules", "files", "texts", "edits", "queue", "copies", "room", "streams", "microphone", "dictations",
        "sessions", "looks", "focus", "docs",
    ])
    func thePageWorksInABrowser(part: String) async throws {
        let setup = ServerProcess.Setup(
            TestRegistry([.starter, .senseVoice, .hotwords]), ["--allowed-host", "speech.example"])
        try await run(part, on: setup)
    }

    @Test func keysAreAskedForOnce() async throws {
        try await CatalogueMirror.run { mirror in
            mirror.release()
            let setup = ServerProcess.Setup(
                TestRegistry([.starter, .whisper]), ["--api-key", "right"],
                environment: ["ASR2CLIP_MODEL_MIRROR": mirror.server])
            try await run("keys", on: setup)
        }
    }

    @Test func aDownloadIsStopped() async throws {
        try await withHeldModel { model, file in
            let setup = ServerProcess.Setup(TestRegistry([.starter, model]), ["--api-key", "right"])
            try await run("downloads", on: setup)
            file.release()
        }
    }

    @Test func refusedChangesAreNotOffered() async throws {
        let flags = ["--api-key", "right", "--no-model-changes"]
        try await run("refusals", on: ServerProcess.Setup(TestRegistry([.starter]), flags))
    }

    /// The page shows what `/health/ready` says; `/health` alone says that the model is loading.
    @Test func aDefaultModelThatCannotBeUsedIsExplained() async throws {
        var registry = TestRegistry([.starter, .senseVoice])
        registry.defaultModel = nil
        for (part, flags) in [("state", []), ("choice", ["--api-key", "right"])] {
            try await withServer(.init(registry, flags)) { server in
                try await runPageTests(part, against: server)
            }
        }
    }

    @Test func modelsComeWithProgressAndRefusalsWithReasons() async throws {
        var broken = TestRegistry.Model.paraformer.named("broken")
        broken.files["tokens"] = "no-tokens.txt"
        try await withHeldModel { [broken] model, file in
            try await withServer(.init(TestRegistry([.starter, model, broken]))) { server in
                try await APIClient(server).waitUntilHealthy()
                let seen = server.folder.path + "/seen"
                let half = "\(kilobytes(file.half)) of \(kilobytes(file.size))"
                async let tests: Void = runPageTests(
                    "models", against: server, environment: ["ASR2CLIP_SEEN": seen, "ASR2CLIP_HALF": half])
                try await eventually("the page shows that half of it is there", within: .seconds(120)) {
                    FileManager.default.fileExists(atPath: seen)
                }
                file.release()
                try await tests
            }
        }
    }

    @Test func aModelOnAnotherServerIsShownAsOne() async throws {
        try await withForwarder(
            toScript: UpstreamAnswer.text("well"), beside: [.transducer.named("near")]
        ) { client, server, upstream in
            try await client.waitUntilHealthy()
            try await runPageTests(
                "upstream", against: server, environment: ["ASR2CLIP_UPSTREAM": "127.0.0.1:\(upstream.port)"])
        }
    }

    private func run(_ part: String, on setup: ServerProcess.Setup) async throws {
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            try await runPageTests(part, against: server)
        }
    }

    private func runPageTests(
        _ part: String, against server: ServerProcess, environment: [String: String] = [:]
    ) async throws {
        try await runClientTests("test_\(part).py", in: "Page", against: server, environment: environment)
    }

    /// As the page writes it.
    private func kilobytes(_ bytes: Int) -> String { "\(Int((Double(bytes) / 1000).rounded())) kB" }
}
