import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// All kinds of successful downloads over HTTP.
struct FetchTests {
    @Test(arguments: TestArchive.Packing.allCases)
    func anArchiveIsUnpackedIntoTheModelsFolder(packing: TestArchive.Packing) async throws {
        let bytes = try TestArchive.make(voiceArchive, packing: packing)
        try await withFileServer(["/v\(packing.ending)": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let reports = Reports()
                let url = server.url("/v\(packing.ending)")
                let (store, entry) = try folder.store(
                    download: "url: \(url), sha256: \(sha256(bytes)), size: \(bytes.count)", onProgress: reports.add)
                #expect(await store.status(of: entry) == .missing(files: ["m.onnx", "tokens.txt"]))
                let specification = try await store.prepare(entry, waitingUpTo: .seconds(30))
                let root = folder.path + "/asr2clip/models/voice"
                #expect(specification.files == ["model": root + "/m.onnx", "tokens": root + "/tokens.txt"])
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "the model")
                try #expect(folder.contents == voiceFiles)
                #expect(await store.status(of: entry) == .present)
                #expect(store.sizeOnDisk(of: entry) == 19)
                #expect(reports.phases.first == .connecting(to: url))
                #expect(reports.phases.suffix(2) == [.unpacking, .finished(directory: root)])
                let arrived = reports.list.last { $0.phase == .downloading }
                #expect(arrived?.received == Int64(bytes.count))
                #expect(arrived?.percent == 100)
                await store.shutDown()
            }
        }
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var subdir = ""
        let entries: [TestArchive.Entry]
        let files: [String]
    }

    @Test(arguments: [
        Shape(
            testDescription: "files at the top", entries: [.file("./m.onnx", "m"), .file("tokens.txt", "t")],
            files: ["m.onnx", "tokens.txt"]),
        Shape(
            testDescription: "a folder deep inside", subdir: ", archive_subdir: a/b",
            entries: [.file("a/b/m.onnx", "m"), .file("a/b/tokens.txt", "t"), .file("a/readme", "r")],
            files: ["m.onnx", "tokens.txt"]),
        Shape(
            testDescription: "links inside",
            entries: [
                .file("v/real/m", "m"), .file("v/tokens.txt", "t"), .symbolicLink("v/m.onnx", to: "real/m"),
                .symbolicLink("v/real/t", to: "../tokens.txt"), .hardLink("v/copy", to: "v/tokens.txt"),
            ], files: ["copy", "m.onnx", "real", "real/m", "real/t", "tokens.txt"]),
    ])
    func theModelsFolderIsFoundInTheArchive(shape: Shape) async throws {
        let bytes = try TestArchive.make(shape.entries)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))\(shape.subdir)")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(30))
                let contents = try FileManager.default.subpathsOfDirectory(atPath: entry.directory).sorted()
                #expect(contents.filter { $0 != DownloadRecord.fileName } == shape.files)
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "m")
            }
        }
    }

    @Test func anArchiveIsDetectedByContentAndNeedsNoLength() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/latest": .unmeasured(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/latest"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(30))
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test func redirectsAreFollowedAndCredentialsAreNotLogged() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v": .redirect("/there.tgz?key=hidden"), "/there.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let reports = Reports()
                let url = server.url("/v?token=hidden").replacingOccurrences(of: "//", with: "//ada:hidden@")
                let (store, entry) = try folder.store(download: "url: '\(url)'", onProgress: reports.add)
                _ = try await store.prepare(entry, waitingUpTo: .seconds(30))
                #expect(server.asks.map(\.path) == ["/v", "/there.tgz"])
                #expect(server.asks.first?.authorization == "Basic \(Data("ada:hidden".utf8).base64EncodedString())")
                #expect(reports.phases.first == .connecting(to: server.url("/v")))
                #expect(!"\(reports.list)".contains("hidden"))
            }
        }
    }

    @Test func withoutAProgressPrinterTheLogReportsProgress() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let log = LogRecorder()
                let url = server.url("/v.tgz")
                let (store, entry) = try folder.store(
                    download: "url: '\(url)?token=hidden'", logger: log.logger, onProgress: nil)
                _ = try await store.prepare(entry, waitingUpTo: .seconds(30))
                #expect(
                    log.lines.filter { !$0.hasPrefix("debug: ") } == [
                        "info: Downloading voice from \(url)", "info: Downloading voice: 0 % (0 B of \(bytes.count) B)",
                        "info: Downloaded voice (100 % (\(bytes.count) B of \(bytes.count) B)), unpacking",
                        "info: voice came over http, without TLS, and is not verified: its entry has no sha256, so anybody on "
                            + "the way may have changed it. The SHA-256 \(sha256(bytes)) was recorded; another file from "
                            + "there will be refused",
                        "info: Model voice is in \(entry.directory)",
                    ])
            }
        }
    }

    @Test func aSingleFileBecomesTheOneMissingFile() async throws {
        try await withFileServer(["/model.onnx": .bytes(Array("onnx".utf8))]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("mine", to: "asr2clip/models/voice/tokens.txt")
                let (store, entry) = try folder.store(download: "url: \(server.url("/model.onnx"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(30))
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "onnx")
                #expect(folder.text("asr2clip/models/voice/tokens.txt") == "mine")
            }
        }
    }

    @Test func existingFilesStayAndMissingOnesAreAdded() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("mine", to: "asr2clip/models/voice/tokens.txt")
                try folder.write("mine", to: "asr2clip/models/voice/test_wavs/notes.txt")
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(30))
                #expect(folder.text("asr2clip/models/voice/tokens.txt") == "mine")
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "the model")
                let expected = voiceFiles + ["asr2clip/models/voice/test_wavs/notes.txt"]
                try #expect(folder.contents == expected.sorted())
            }
        }
    }

    @Test func aLinkedDirectoryIsFilledAtItsTarget() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("", to: "bigdisk/voice/.keep")
                try folder.write("", to: "asr2clip/models/.keep")
                try FileManager.default.createSymbolicLink(
                    atPath: folder.path + "/asr2clip/models/voice", withDestinationPath: folder.path + "/bigdisk/voice")
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(30))
                #expect(folder.text("bigdisk/voice/m.onnx") == "the model")
            }
        }
    }
}
