import Foundation
import Subprocess
import TestSupport
import Testing

@testable import ModelStore

/// `asr2clip models add` and `pull` for names of the catalogue, from a mirror on this machine that misbehaves. The archives
/// have a fixture's model in them.
struct CatalogueMirrorTests {
    /// Entries without and with a hash.
    private static let entries = (
        plain: Catalogue.builtIn.entries.first { $0.family == .senseVoice && $0.download.sha256 == nil },
        hashed: Catalogue.builtIn.entries.first { $0.download.sha256 != nil && $0.download.size != nil }
    )

    private let entry: CatalogueEntry
    /// The archive of the entry as its publisher would pack it.
    private let archive: [UInt8]
    private let folder: TemporaryFolder

    init() async throws {
        entry = try #require(Self.entries.plain)
        folder = try TemporaryFolder()
        archive = try await Self.archive(of: entry, notes: "first")
    }

    private static func archive(of entry: CatalogueEntry, notes: String) async throws -> [UInt8] {
        let source = try TemporaryFolder()
        try source.write(notes, to: entry.directory + "/notes.txt")
        for (name, file) in entry.files {
            let fixture = Fixtures.model("sense_voice", name == "tokens" ? "tokens.txt" : "model.onnx")
            try FileManager.default.copyItem(atPath: fixture, toPath: source.file(entry.directory + "/" + file))
        }
        let path = source.file("archive.tar.bz2")
        let packing = try await runToEnd(
            "/usr/bin/tar", ["-C", source.path, "-cjf", path, entry.directory],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
        try #require(packing.status == .exited(0), "\(packing.error)")
        return try [UInt8](Data(contentsOf: URL(filePath: path)))
    }

    /// The path of the archive on github.com, and on the mirror.
    private static func path(_ entry: CatalogueEntry) -> String { entry.download.url.path }

    private var path: String { Self.path(entry) }
    private var model: String { folder.file("asr2clip/models/\(entry.directory)") }
    private var registry: String { folder.text("asr2clip/models.yaml") ?? "" }

    private func run(
        _ arguments: String..., mirror: String?
    ) async throws -> (status: TerminationStatus, output: String, error: String) {
        try await runToEnd(
            ServerProcess.path(of: "asr2clip"), ["models"] + arguments, environment: environment(mirror: mirror))
    }

    private func environment(mirror: String?) -> [String: String] {
        var environment = ["HOME": folder.path, "XDG_DATA_HOME": folder.path]
        environment["ASR2CLIP_MODEL_MIRROR"] = mirror
        return environment
    }

    /// Checks that the registry is the first one and the entry, and that the model's files are there.
    private func expectModel(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(registry == DefaultRegistry.yaml + entry.registryYAML, sourceLocation: sourceLocation)
        for (name, file) in entry.files {
            let fixture = Fixtures.model("sense_voice", name == "tokens" ? "tokens.txt" : "model.onnx")
            #expect(
                FileManager.default.contents(atPath: model + "/" + file)
                    == FileManager.default.contents(atPath: fixture), sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: ["add", "pull"])
    func aNameOfTheCatalogueIsAddedAndFetched(verb: String) async throws {
        try await withFileServer([path: .bytes(archive)]) { server in
            // A mirror's address may end in a slash.
            let result = try await run(verb, entry.name, mirror: server.url("/"))
            #expect(result.status == .exited(0), "\(result.error)")
            let licence = entry.licence.map { "licence: \($0)" } ?? "its licence is not known"
            #expect(
                result.output == """
                    Added '\(entry.name)' to \(folder.file("asr2clip/models.yaml")) (\(licence))
                    Model '\(entry.name)' is in \(model)

                    """)
            #expect(result.error.contains("Downloading \(entry.name) from \(server.url(path))"))
            #expect(result.error.contains("came over http, without TLS, and is not verified"))
            #expect(result.error.contains("The SHA-256 \(sha256(archive)) was recorded"))
            try expectModel()
            let again = try await run(verb, entry.name, "--json", mirror: server.url(""))
            #expect(again.status == .exited(0), "\(again.error)")
            #expect(again.output.contains(#""status": "present", "added": false"#), "\(again.output)")
            #expect(server.asks.count == 1)
            try expectModel()
        }
    }

    @Test func anEntryCanBeAddedWithoutFetching() async throws {
        let result = try await run("add", "--no-fetch", "--json", entry.name, mirror: "http://127.0.0.1:9")
        #expect(result.status == .exited(0), "\(result.error)")
        #expect(
            result.output
                == #"[{"name": "\#(entry.name)", "status": "added", "registry": "\#(folder.file("asr2clip/models.yaml"))"}]"#
                + "\n")
        #expect(registry == DefaultRegistry.yaml + entry.registryYAML)
        let again = try await run("add", "--no-fetch", entry.name, mirror: nil)
        #expect(again.output == "Model '\(entry.name)' is already in \(folder.file("asr2clip/models.yaml"))\n")
        #expect(try folder.contents == ["asr2clip", "asr2clip/models.yaml"])
    }

    @Test func anUnknownNameIsAnErrorWithSimilarOnes() async throws {
        let typo = String(entry.name.dropLast()) + "9"
        for verb in ["add", "pull"] {
            let result = try await run(verb, typo, mirror: nil)
            #expect(result.status == .exited(1))
            #expect(result.error.contains("There is no model '\(typo)', neither in "), "\(result.error)")
            #expect(result.error.contains(entry.name), "\(result.error)")
            #expect(result.error.hasSuffix("'asr2clip models search' lists the catalogue.\n"))
            #expect(registry == DefaultRegistry.yaml)
        }
    }

    @Test func aFlagNamesTheMirrorToo() async throws {
        try await withFileServer(["/github" + path: .redirect("/there"), "/there": .bytes(archive)]) { server in
            let result = try await run(
                "pull", entry.name, "--model-mirror", server.url("/github"), mirror: "http://127.0.0.1:9")
            #expect(result.status == .exited(0), "\(result.error)")
            try expectModel()
        }
    }

    @Test(arguments: ["ftp://example.org", "example.org", "http://", "https://example.org/?q="])
    func anInvalidMirrorIsAnErrorThatSaysWhatToWrite(mirror: String) async throws {
        let result = try await run("pull", entry.name, mirror: mirror)
        #expect(result.status == .exited(1))
        #expect(result.error.contains("set ASR2CLIP_MODEL_MIRROR or --model-mirror to one such as"), "\(result.error)")
    }

    /// It sends less than it promises, then more, then breaks off, and is slow at last.
    @Test func aMirrorThatLiesAndDiesStillBringsTheModel() async throws {
        let answers = [
            FileServer.Answer.cut(Array(archive.prefix(1000)), promised: archive.count + 7),
            .ranged(archive, tag: "\"1\"", cutAfter: archive.count / 3), .status(503),
            .ranged(archive, tag: "\"1\"", cutAfter: archive.count / 3, pause: .milliseconds(50)),
            .ranged(archive, tag: "\"1\"", pause: .milliseconds(200)),
        ]
        try await withFileServer([path: .inTurn(answers)]) { server in
            let result = try await run("pull", entry.name, mirror: server.url(""))
            #expect(result.status == .exited(0), "\(result.error)")
            #expect(result.error.contains("was interrupted at"))
            try expectModel()
            #expect(server.asks.count == answers.count)
        }
    }

    /// The command is killed in the middle of a slow download, and given again.
    @Test func aKilledPullGoesOnWhereItWas() async throws {
        let gate = Gate()
        defer { gate.open() }
        let half = Array(archive.prefix(archive.count / 2))
        let answers = [
            FileServer.Answer.stalled(gate, half, promised: archive.count), .ranged(archive, tag: "\"1\""),
        ]
        try await withFileServer([path: .inTurn(answers)]) { server in
            try await withProcess(
                ServerProcess.path(of: "asr2clip"), ["models", "pull", entry.name],
                environment: environment(mirror: server.url(""))
            ) { process in
                let partial = StagingFolder.partial(for: model)
                try await eventually("half the archive") { partial.size == half.count }
                process.signal(SIGKILL)
                #expect(try await process.exit() == .signaled(SIGKILL))
            }
            #expect(registry == DefaultRegistry.yaml + entry.registryYAML)
            let result = try await run("pull", entry.name, mirror: server.url(""))
            #expect(result.status == .exited(0), "\(result.error)")
            #expect(server.asks.map(\.range) == [nil, "bytes=\(half.count)-"])
            try expectModel()
        }
    }

    /// Nobody answers, then somebody does.
    @Test func afterADeadMirrorTheEntryIsThereForTheNextTry() async throws {
        let dead = try await run("pull", entry.name, mirror: "http://127.0.0.1:9")
        #expect(dead.status == .exited(1))
        #expect(dead.error.contains("Cannot reach http://127.0.0.1:9\(path)"), "\(dead.error)")
        #expect(registry == DefaultRegistry.yaml + entry.registryYAML)
        try await withFileServer([path: .bytes(archive)]) { server in
            let result = try await run("pull", entry.name, mirror: server.url(""))
            #expect(result.status == .exited(0), "\(result.error)")
            try expectModel()
        }
    }

    @Test func aChangedArchiveIsRefusedUntilItIsAccepted() async throws {
        let changed = try await Self.archive(of: entry, notes: "second")
        try await withFileServer([path: .inTurn([.bytes(archive), .bytes(changed), .status(404)])]) { server in
            let mirror = server.url("")
            #expect(try await run("pull", entry.name, mirror: mirror).status == .exited(0))
            #expect(try await run("remove", "--yes", entry.name, mirror: mirror).status == .exited(0))
            for _ in 0..<2 {
                let refused = try await run("pull", entry.name, mirror: mirror)
                #expect(refused.status == .exited(1))
                #expect(refused.error.contains(sha256(archive)) && refused.error.contains(sha256(changed)))
                let command = "'asr2clip models pull \(entry.name) --accept-changed --model-mirror \(mirror)'"
                #expect(refused.error.contains(command), "\(refused.error)")
                #expect(!FileSystem.isOccupied(model))
            }
            let accepted = try await run("pull", entry.name, "--accept-changed", mirror: mirror)
            #expect(accepted.status == .exited(0), "\(accepted.error)")
            #expect(accepted.error.contains("has changed since its first download and was accepted"))
            try expectModel()
            #expect(server.asks.count == 2)
        }
    }

    @Test func anArchiveWithAnotherHashOrSizeThanTheCataloguesIsRefused() async throws {
        let hashed = try #require(Self.entries.hashed)
        let size = try #require(hashed.download.size)
        let path = Self.path(hashed)
        for answer in [FileServer.Answer.bytes(archive), .unmeasured(archive)] {
            try await withFileServer([path: answer]) { server in
                let result = try await run("pull", hashed.name, "--accept-changed", mirror: server.url(""))
                #expect(result.status == .exited(1))
                let reason =
                    if case .bytes = answer { "has \(archive.count) bytes, but models.yaml says size: \(size)" } else {
                        "ended after \(archive.count) of \(size) bytes"
                    }
                #expect(result.error.contains(reason), "\(result.error)")
            }
        }
    }

    struct MirrorCase: Sendable {
        let mirror, url, expected: String
    }

    @Test(arguments: [
        MirrorCase(mirror: "http://m:1", url: "https://github.com/a/b.tgz", expected: "http://m:1/a/b.tgz"),
        MirrorCase(
            mirror: "https://ada:pw@m/x/", url: "https://GitHub.com/a%2Fb?c=d%26",
            expected: "https://ada:pw@m/x/a%2Fb?c=d%26"),
        MirrorCase(
            mirror: "https://m/https://github.com", url: "https://github.com/a",
            expected: "https://m/https://github.com/a"),
        MirrorCase(mirror: "http://m", url: "https://example.org/a", expected: "https://example.org/a"),
        MirrorCase(
            mirror: "http://m", url: "https://github.com.example.org/a", expected: "https://github.com.example.org/a"),
    ])
    func aMirrorHasThePathsOfGitHub(row: MirrorCase) throws {
        let download = ModelDownload(
            url: try #require(URL(string: row.url)), archiveSubdir: "s", sha256: "1", size: 2)
        let mirrored = try ModelMirror(row.mirror).download(download)
        #expect(mirrored.url.absoluteString == row.expected)
        #expect(mirrored.archiveSubdir == "s" && mirrored.sha256 == "1" && mirrored.size == 2)
    }
}
