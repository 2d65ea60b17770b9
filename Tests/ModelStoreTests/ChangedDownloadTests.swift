import EngineHost
import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Downloads without a hash in their entry, which must stay the files that they were at first.
struct ChangedDownloadTests {
    private static let record = "asr2clip/models/\(DownloadHashes.fileName)"
    private let old: [UInt8]
    private let new: [UInt8]

    init() throws {
        old = try TestArchive.make(voiceArchive)
        new = try TestArchive.make([.file("v/m.onnx", "another model"), .file("v/tokens.txt", "t")])
    }

    /// A store as in a process that starts now.
    private func store(
        _ folder: TemporaryFolder, _ server: FileServer, more: String = "", acceptingChanged: Bool = false,
        onProgress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) throws -> (ModelLibrary, ModelEntry) {
        try folder.store(
            download: "url: \(server.url("/v.tgz"))\(more)",
            settings: .quick {
                $0.acceptsChanged = acceptingChanged
                $0.retryInterval = .zero
            }, onProgress: onProgress)
    }

    private func fetch(
        _ folder: TemporaryFolder, _ server: FileServer, more: String = "", acceptingChanged: Bool = false
    ) async throws -> HashComparison? {
        let reports = Reports()
        let (store, entry) = try store(
            folder, server, more: more, acceptingChanged: acceptingChanged, onProgress: reports.add)
        _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
        return reports.phases.lazy.compactMap { if case .compared(let comparison) = $0 { comparison } else { nil } }
            .first
    }

    private func remove(_ folder: TemporaryFolder, _ server: FileServer) async throws {
        let (store, entry) = try store(folder, server)
        _ = try await store.remove(entry)
    }

    @Test func theSameFileIsTakenAgain() async throws {
        try await withFileServer(["/v.tgz": .bytes(old)]) { server in
            try await withTemporaryFolder { folder in
                let first = try await fetch(folder, server)
                #expect(first == HashComparison(sha256: sha256(old), former: nil, isEncrypted: false, failure: nil))
                try await remove(folder, server)
                #expect(try folder.contents == ["asr2clip", "asr2clip/models", Self.record])
                let second = try await fetch(folder, server)
                #expect(second?.former == sha256(old))
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "the model")
            }
        }
    }

    /// A refused download is not fetched again, neither by the same server nor by the next one, and is there when somebody
    /// accepts it.
    @Test(arguments: ["tagged", "without tag", "without length"])
    func anotherFileIsRefusedUntilItIsAccepted(kind: String) async throws {
        func answer(_ bytes: [UInt8]) -> FileServer.Answer {
            switch kind {
            case "tagged": .ranged(bytes, tag: "\"\(sha256(bytes))\"")
            case "without tag": .bytes(bytes)
            default: .unmeasured(bytes)
            }
        }
        try await withFileServer(["/v.tgz": .inTurn([answer(old), answer(new), .status(404)])]) { server in
            try await withTemporaryFolder { folder in
                _ = try await fetch(folder, server)
                try await remove(folder, server)
                let (running, entry) = try store(folder, server)
                let (next, _) = try store(folder, server)
                for store in [running, running, next] {
                    let error = await #expect(throws: ModelError.self) {
                        try await store.prepare(entry, waitingUpTo: .seconds(300))
                    }
                    let message = error?.message ?? ""
                    #expect(error?.code == .failed)
                    #expect(message.contains("it has the SHA-256 \(sha256(new)), and had \(sha256(old))"), "\(message)")
                    #expect(message.contains("'asr2clip models pull voice --accept-changed'"))
                    #expect(server.asks.count == 2)
                    #expect(folder.text("asr2clip/models/voice/m.onnx") == nil)
                }
                let accepted = try await fetch(folder, server, acceptingChanged: true)
                #expect(accepted?.former == sha256(old))
                #expect(accepted?.sha256 == sha256(new))
                #expect(server.asks.count == 2)
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "another model")
                #expect(!FileSystem.isOccupied(folder.file("asr2clip/models/.incoming-voice")))
            }
        }
    }

    @Test func anAcceptedFileIsTheOneToCompareWith() async throws {
        try await withFileServer(["/v.tgz": .inTurn([.bytes(old), .bytes(new), .bytes(new), .bytes(old)])]) { server in
            try await withTemporaryFolder { folder in
                _ = try await fetch(folder, server)
                try await remove(folder, server)
                _ = try await fetch(folder, server, acceptingChanged: true)
                try await remove(folder, server)
                #expect(try await fetch(folder, server)?.former == sha256(new))
                try await remove(folder, server)
                let error = await #expect(throws: ModelError.self) { _ = try await fetch(folder, server) }
                #expect(error?.message.contains("\(sha256(old)), and had \(sha256(new))") == true)
            }
        }
    }

    /// The server has the first file again.
    @Test func removalDeletesTheRefusedDownload() async throws {
        try await withFileServer(["/v.tgz": .inTurn([.bytes(old), .bytes(new), .bytes(old)])]) { server in
            try await withTemporaryFolder { folder in
                _ = try await fetch(folder, server)
                try await remove(folder, server)
                await #expect(throws: ModelError.self) { _ = try await fetch(folder, server) }
                try await remove(folder, server)
                #expect(try folder.contents == ["asr2clip", "asr2clip/models", Self.record])
                #expect(try await fetch(folder, server)?.former == sha256(old))
            }
        }
    }

    @Test func aHashInTheEntryDecidesAlone() async throws {
        try await withFileServer(["/v.tgz": .inTurn([.bytes(old), .bytes(new)])]) { server in
            try await withTemporaryFolder { folder in
                _ = try await fetch(folder, server)
                try await remove(folder, server)
                await #expect(throws: ModelError.self) { _ = try await fetch(folder, server) }
                // The owner looked it up and wrote it into models.yaml: the bytes are there.
                #expect(try await fetch(folder, server, more: ", sha256: \(sha256(new))") == nil)
                #expect(server.asks.count == 2)
                try await remove(folder, server)
                #expect(try await fetch(folder, server)?.former == sha256(new))
            }
        }
    }

    /// Another model with the same address.
    @Test func theAddressCountsAndNotTheModel() async throws {
        try await withFileServer(["/v.tgz": .inTurn([.bytes(old), .bytes(new)])]) { server in
            try await withTemporaryFolder { folder in
                _ = try await fetch(folder, server)
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))", dir: "second")
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains(sha256(new)) == true)
            }
        }
    }

    @Test func aFailedDownloadIsNotRecorded() async throws {
        let page = Array("<html>sign in first</html>".utf8)
        try await withFileServer(["/v.tgz": .inTurn([.bytes(page), .bytes(old)])]) { server in
            try await withTemporaryFolder { folder in
                await #expect(throws: ModelError.self) { _ = try await fetch(folder, server) }
                let comparison = try await fetch(folder, server)
                #expect(comparison?.former == nil)
            }
        }
    }

    @Test func aDamagedRecordIsAnErrorAndNothingIsFetched() async throws {
        try await withFileServer(["/v.tgz": .bytes(old)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("{", to: Self.record)
                let error = await #expect(throws: ModelError.self) { _ = try await fetch(folder, server) }
                #expect(error?.description.contains(folder.file(Self.record)) == true)
                #expect(server.asks.isEmpty)
                #expect(folder.text(Self.record) == "{")
            }
        }
    }

    /// A process was killed, or the disk was full, right after the file had been made.
    @Test func anEmptyRecordIsNone() async throws {
        try await withFileServer(["/v.tgz": .bytes(old)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("", to: Self.record)
                #expect(try await fetch(folder, server)?.failure == nil)
                #expect(folder.text(Self.record)?.contains(sha256(old)) == true)
            }
        }
    }

    @Test func aDamagedRecordIsNotReadIfTheEntryHasAHash() async throws {
        try await withFileServer(["/v.tgz": .bytes(old)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("{", to: Self.record)
                #expect(try await fetch(folder, server, more: ", sha256: \(sha256(old))") == nil)
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "the model")
                #expect(folder.text(Self.record) == "{")
            }
        }
    }

    /// The files come from a mirror of github.com, and then from another one.
    @Test func aRefusalNamesTheAddressesThatWereUsed() async throws {
        let answers: [String: FileServer.Answer] = ["/a/v.tgz": .bytes(old), "/b/v.tgz": .bytes(new)]
        try await withFileServer(answers) { server in
            try await withTemporaryFolder { folder in
                func store(_ mirror: String) throws -> (ModelLibrary, ModelEntry) {
                    try folder.store(
                        download: "url: 'https://github.com/v.tgz'",
                        settings: .quick { $0.mirror = ModelMirror(server.url(mirror)) })
                }
                let (first, entry) = try store("/a")
                _ = try await first.prepare(entry, waitingUpTo: .seconds(300))
                _ = try await first.remove(entry)
                let (second, _) = try store("/b")
                let error = await #expect(throws: ModelError.self) {
                    try await second.prepare(entry, waitingUpTo: .seconds(300))
                }
                let text = error?.message ?? ""
                #expect(text.contains(" \(server.url("/b/v.tgz")) is another file than on "), "\(text)")
                #expect(text.contains(", and that from \(server.url("/a/v.tgz")) had \(sha256(old))"), "\(text)")
                #expect(!text.contains("github.com"), "\(text)")
            }
        }
    }

    /// The commands in the message mean the registry of this server. Clients do not learn where it is.
    @Test func aRefusalHasCommandsForThisRegistry() async throws {
        try await withFileServer(["/v.tgz": .inTurn([.bytes(old), .bytes(new)])]) { server in
            try await withTemporaryFolder { folder in
                let paths = ModelPaths(
                    environment: ["HOME": folder.path], modelDirectory: folder.file("it's here/models"),
                    registryFile: folder.file("it's here/my.yaml"), currentFolder: folder.path)
                let yaml = """
                    models:
                      voice: {type: sense_voice, dir: voice, files: {model: m.onnx, tokens: tokens.txt},
                        download: {url: "\(server.url("/v.tgz"))"}}
                    """
                let registry = try ModelRegistry.parse(yaml, file: paths.registryFile, paths: paths)
                let entry = try #require(registry.entries.first)
                let store = ModelLibrary(
                    registry: registry, paths: paths, program: EngineProcess(.built), logger: .silent,
                    settings: .quick)
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                _ = try await store.remove(entry)
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                let here = folder.path + #"/it'\''s here"#
                let text = error?.description ?? ""
                for command in ["models pull voice --accept-changed", "models remove voice"] {
                    let flags = "--config '\(here)/my.yaml' --model-dir '\(here)/models'"
                    #expect(text.contains("asr2clip \(command) \(flags)"), "\(text)")
                }
                #expect(error?.message.contains(folder.path) == false, "\(error?.message ?? "")")
                #expect(error?.message.contains("--config 'my.yaml' --model-dir 'models'") == true)
            }
        }
    }

    /// The reason says that the refused file is kept, which is not true after a removal.
    @Test func aRemovalEndsTheFailure() async throws {
        try await withFileServer(["/v.tgz": .inTurn([.bytes(old), .bytes(new)])]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try store(folder, server)
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                _ = try await store.remove(entry)
                await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                guard case .missing(_, .some) = await store.state(of: entry) else {
                    Issue.record("it has not failed")
                    return
                }
                _ = try await store.remove(entry)
                guard case .missing(_, .none) = await store.state(of: entry) else {
                    Issue.record("it is still failed")
                    return
                }
            }
        }
    }

    @Test func aRecordThatCannotBeWrittenIsToldAndTheModelIsThere() async throws {
        try await withFileServer(["/v.tgz": .bytes(old)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("{}", to: Self.record)
                #expect(chmod(folder.file(Self.record), 0o444) == 0)
                let comparison = try await fetch(folder, server)
                #expect(comparison?.failure?.contains("it is read-only") == true)
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "the model")
                #expect(folder.text(Self.record) == "{}")
            }
        }
    }

    @Test func tenDownloadsAtOnceAreAllRecorded() async throws {
        try await withTemporaryFolder { folder in
            let downloads = try (0..<10).map { number in
                ModelDownload(
                    url: try #require(URL(string: "https://example.org/\(number)?key=secret")), archiveSubdir: nil,
                    sha256: nil, size: nil)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, download) in downloads.enumerated() {
                    group.addTask {
                        try DownloadHashes(modelsRoot: folder.path).remember("\(number)", of: download)
                    }
                }
                try await group.waitForAll()
            }
            let hashes = DownloadHashes(modelsRoot: folder.path)
            for (number, download) in downloads.enumerated() {
                let record = try #require(try hashes.record(of: download))
                #expect(record.sha256 == "\(number)")
                #expect(record.source == "https://example.org/\(number)")
                #expect(record.day.wholeMatch(of: /20\d\d-\d\d-\d\d/) != nil)
            }
            #expect(try folder.contents == [DownloadHashes.fileName])
            #expect(folder.text(DownloadHashes.fileName)?.contains("secret") == false)
        }
    }

    @Test(arguments: [
        (
            HashComparison(sha256: "1", former: nil, isEncrypted: true, failure: nil),
            "v is not verified beyond https, because its entry has no sha256. The SHA-256 1 was recorded; another file from "
                + "there will be refused"
        ),
        (
            HashComparison(sha256: "1", former: nil, isEncrypted: false, failure: nil),
            "v came over http, without TLS, and is not verified: its entry has no sha256, so anybody on the way may have "
                + "changed it. The SHA-256 1 was recorded; another file from there will be refused"
        ),
        (
            HashComparison(sha256: "1", former: "1", isEncrypted: true, failure: nil),
            "v is the same file as at its first download (SHA-256 1)"
        ),
        (
            HashComparison(sha256: "2", former: "1", isEncrypted: true, failure: "No."),
            "v has changed since its first download and was accepted: it had the SHA-256 1. Its SHA-256 is 2, which could "
                + "not be recorded. No."
        ),
    ])
    func theComparisonIsTold(comparison: HashComparison, text: String) {
        #expect(ProgressLines.text(DownloadProgress(model: "v", phase: .compared(comparison))) == text)
    }
}
