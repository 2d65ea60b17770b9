import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Downloads that fail: each reports the reason and leaves nothing behind.
struct FailedFetchTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var path = "/v.tgz"
        let answer: FileServer.Answer
        var more = ""
        let part: String
    }

    static var rows: [Row] {
        get throws {
            let archive = try TestArchive.make(voiceArchive)
            let zeros = String(repeating: "0", count: 64)
            return [
                Row(testDescription: "not found", answer: .status(404), part: "answered 404 Not Found; check the url"),
                Row(testDescription: "forbidden", answer: .status(403), part: "answered 403"),
                Row(testDescription: "partial", answer: .status(204), part: "answered 204"),
                Row(
                    testDescription: "wrong hash", answer: .bytes(archive), more: ", sha256: \(zeros)",
                    part: "has the SHA-256 \(sha256(archive)), but models.yaml says \(zeros)"),
                Row(
                    testDescription: "other size", answer: .bytes(archive), more: ", size: 7",
                    part: "has \(archive.count) bytes, but models.yaml says size: 7"),
                Row(
                    testDescription: "longer than size", answer: .unmeasured(archive), more: ", size: 7",
                    part: "sent more than the expected 7 bytes"),
                Row(
                    testDescription: "shorter than size", answer: .unmeasured(archive), more: ", size: 9999",
                    part: "ended after \(archive.count) of 9999 bytes"),
                Row(testDescription: "line cut", answer: .cut(archive, promised: 9999), part: "The connection to"),
                Row(
                    testDescription: "truncated archive", answer: .bytes(Array(archive.dropLast(archive.count / 2))),
                    part: "is damaged, or no tar or zip archive: truncated gzip"),
                Row(testDescription: "no archive", answer: .bytes(Array("<html>".utf8)), part: "is damaged, or no tar"),
                Row(testDescription: "empty", answer: .bytes([]), part: "no tar or zip archive"),
                Row(
                    testDescription: "web page", answer: .typed("text/html; charset=utf-8", Array("<html>".utf8)),
                    part: "answered a web page instead of a file"),
                Row(
                    testDescription: "single file for two", path: "/m.onnx", answer: .bytes([1, 2, 3]),
                    part: "several files are missing: m.onnx, tokens.txt"),
                Row(
                    testDescription: "files not in the archive",
                    answer: .bytes(try TestArchive.make([.file("v/m.onnx", "m"), .file("v/readme", "r")])),
                    part: "lacks tokens.txt; it holds m.onnx, readme"),
                Row(
                    testDescription: "no such subdir", answer: .bytes(archive), more: ", archive_subdir: sense-voice/x",
                    part: "no folder 'sense-voice/x'; it holds sense-voice"),
                Row(testDescription: "circle", answer: .redirect("/v.tgz"), part: "leads in circles"),
            ]
        }
    }

    @Test(arguments: try rows)
    func aBadDownloadIsExplainedAndLeavesNothing(row: Row) async throws {
        try await withFileServer([row.path: row.answer]) { server in
            try await withTemporaryFolder { folder in
                let reports = Reports()
                let (store, entry) = try folder.store(
                    download: "url: \(server.url(row.path))\(row.more)", onProgress: reports.add)
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.code == .failed)
                #expect(error?.message.hasPrefix("Model 'voice' could not be fetched. ") == true)
                #expect(error?.message.contains(row.part) == true, "\(error?.message ?? "")")
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
                #expect(await store.status(of: entry) == .missing(files: ["m.onnx", "tokens.txt"]))
                guard case .failed = reports.phases.last else {
                    return #expect(Bool(false), "no report of the failure")
                }
            }
        }
    }

    @Test(arguments: [
        ("goes up", [TestArchive.Entry.file("../evil", "x")], "outside the model's folder"),
        ("goes up inside", [.file("v/../../evil", "x")], "outside the model's folder"),
        ("goes up before an accent", [.file("../\u{301}evil", "x")], "outside the model's folder"),
        ("is absolute", [.file("/tmp/asr2clip-evil", "x")], "outside the model's folder"),
        ("link to outside", [.symbolicLink("v/l", to: "../../evil")], "it links to outside"),
        ("link to an absolute path", [.symbolicLink("l", to: "/etc/passwd")], "it links to outside"),
        ("link through a link", [.folder("d"), .symbolicLink("d/l", to: "../e/../../x")], "it links to outside"),
        ("hard link to outside", [.hardLink("l", to: "../../evil")], "it links to outside"),
        ("hard link to an absolute path", [.hardLink("l", to: "/etc/passwd")], "it links to outside"),
        ("pipe", [.pipe("p")], "a device, a pipe or the like"),
        ("file through a link", [.folder("a"), .symbolicLink("b", to: "a"), .file("b/x", "x")], "Cannot unpack"),
        (
            "folder through a link", [.folder("a"), .symbolicLink("b", to: "a"), .folder("b/x")],
            "'b/x' leads through a link"
        ),
        (
            "hard link through a link", [.file("a/x", "x"), .symbolicLink("b", to: "a"), .hardLink("c", to: "b/x")],
            "'b/x' leads through a link"
        ),
        ("hard link to nothing", [.hardLink("c", to: "d")], "Cannot unpack"),
        ("hard link to a folder", [.folder("a"), .hardLink("c", to: "a")], "Cannot unpack"),
        ("file in a folder's place", [.file("a/x", "x"), .file("a", "y")], "Cannot unpack"),
        (
            "link moved up by a hard link",
            [.folder("a"), .symbolicLink("a/l", to: "../x"), .hardLink("l", to: "a/l")],
            "leads out of the model's folder"
        ),
    ])
    func aHostileArchiveIsRefusedEntirely(name: String, entries: [TestArchive.Entry], part: String) async throws {
        let bytes = try TestArchive.make([.file("m.onnx", "m"), .file("tokens.txt", "t")] + entries, packing: .tar)
        try await withFileServer(["/v.tar": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tar"))")
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
                #expect(!FileSystem.isOccupied("/tmp/asr2clip-evil"))
            }
        }
    }

    @Test func aLinkOutOfTheModelsOwnFolderIsRefused() async throws {
        let bytes = try TestArchive.make([
            .file("v/m.onnx", "m"), .file("v/tokens.txt", "t"), .file("other", "x"),
            .symbolicLink("v/l", to: "../other"),
        ])
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz")), archive_subdir: v")
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains("link 'l' leads out of") == true, "\(error?.message ?? "")")
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
            }
        }
    }

    @Test func aSilentServerTimesOut() async throws {
        let gate = Gate()
        defer { gate.open() }
        try await withFileServer(["/v.tgz": .gated(gate, [UInt8](repeating: 0, count: 100))]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", settings: .quick { $0.idleTimeout = .milliseconds(200) })
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains("sent nothing for 0.2 s;") == true, "\(error?.message ?? "")")
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
            }
        }
    }

    @Test func anUnreachableServerFailsAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let log = LogRecorder()
            let (store, entry) = try folder.store(
                download: "url: 'http://ada:hidden@127.0.0.1:1/v.tgz?hidden'", logger: log.logger, onProgress: nil)
            let error = await #expect(throws: ModelError.self) {
                try await store.prepare(entry, waitingUpTo: .seconds(300))
            }
            #expect(error?.code == .failed)
            let line = "error: Downloading voice failed. Cannot reach http://127.0.0.1:1/v.tgz; check the network"
            #expect(log.lines.contains { $0.hasPrefix(line) })
            #expect(!"\(log.lines)".contains("hidden"))
            #expect(error?.message.contains("Cannot reach http://127.0.0.1:1/v.tgz") == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: [("/v.tgz", Int64(4)), ("/m.onnx", 1)])
    func insufficientSpaceIsReportedBeforeDownloading(path: String, times: Int64) async throws {
        let bytes = [UInt8](repeating: 1, count: 1_000_000)
        try await withFileServer([path: .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                if path == "/m.onnx" { try folder.write("mine", to: "asr2clip/models/voice/tokens.txt") }
                let before = try folder.contents
                let free = times * 1_000_000 - 1
                let (store, entry) = try folder.store(
                    download: "url: \(server.url(path))", settings: .quick { $0.freeSpace = { _ in free } })
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(
                    error?.message.contains("needs about \(times).0 MB on the disk") == true, "\(error?.message ?? "")")
                let expected = before.isEmpty ? ["asr2clip", "asr2clip/models"] : before
                try #expect(folder.contents == expected)
            }
        }
    }

    @Test func aFolderInPlaceOfAFileIsNamed() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("mine", to: "asr2clip/models/voice/m.onnx/file")
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains("voice/m.onnx is there, but is no file") == true)
                #expect(folder.text("asr2clip/models/voice/m.onnx/file") == "mine")
            }
        }
    }
}
