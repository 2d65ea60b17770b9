import EngineHost
import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// All the ways in which the process that reads archives may end.
struct UnpackProcessTests {
    private static let unpacking = "asr2clip/models/.incoming-voice/unpacked/v/m.onnx"

    /// An archive that takes a second or more to unpack.
    private static func largeArchive() throws -> [UInt8] {
        try TestArchive.make([
            .file("v/m.onnx", String(repeating: "\0", count: 400_000_000)), .file("v/tokens.txt", "t"),
        ])
    }

    private static let noRatio = FetchSettings.quick {
        $0.unpackAllowance = 1 << 40
        $0.retryInterval = .zero
    }

    /// The next fetch needs no download.
    @Test func aKilledEngineFailsOneFetchAndKeepsItsDownload() async throws {
        let engine = ObservedEngine()
        let answer = FileServer.Answer.ranged(try Self.largeArchive(), tag: "\"1\"")
        try await withFileServer(["/v.tgz": answer]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", settings: Self.noRatio, program: engine)
                let prepared = Task { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
                let process = try await engine.processID
                while !FileSystem.isOccupied(folder.path + "/" + Self.unpacking) {
                    try await Task.sleep(for: .milliseconds(1))
                }
                kill(process, SIGSTOP)
                #if os(Linux)
                    try Self.expectClosedSandbox(of: process)
                #endif
                kill(process, SIGKILL)
                let error = await #expect(throws: ModelError.self) { try await prepared.value }
                let part = "Cannot unpack the archive: asr2clip-engine, which reads it, ended (signal 9). Try again."
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
                #expect(!FileSystem.isOccupied(folder.path + "/" + Self.unpacking))
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                #expect(store.sizeOnDisk(of: entry) == 400_000_001)
                #expect(server.asks.count == 1)
            }
        }
    }

    #if os(Linux)
        /// The archive was opened before the sandbox was entered; the process cannot write to any file.
        private static func expectClosedSandbox(of process: Int32) throws {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            #expect(status.contains("Seccomp:\t2\n"))
            #expect(status.contains("NoNewPrivs:\t1\n"))
            let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
            #expect(limits.contains(/Max file size +0 +0 +bytes/))
            #expect(limits.contains(/Max data size +536870912 +536870912 +bytes/))
            let descriptors = "/proc/\(process)/fd"
            for name in try FileManager.default.contentsOfDirectory(atPath: descriptors) {
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\(name)")
                let info = try String(contentsOfFile: "/proc/\(process)/fdinfo/\(name)", encoding: .utf8)
                let flags = info.firstMatch(of: /flags:\s+([0-7]+)/).flatMap { Int32($0.1, radix: 8) } ?? O_RDWR
                #expect(!target.hasPrefix("/") || flags & O_ACCMODE == O_RDONLY, "\(target)")
            }
        }
    #endif

    @Test func aStalledEngineIsEnded() async throws {
        let engine = ObservedEngine(isStopped: true)
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))",
                    settings: .quick { $0.unpackPatience = .milliseconds(300) },
                    program: engine)
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains("has said nothing for 0.3 s") == true, "\(error?.message ?? "")")
                #expect(kill(try await engine.processID, 0) == -1 && errno == ESRCH)
            }
        }
    }

    @Test func cancellingAFetchEndsTheEngine() async throws {
        let engine = ObservedEngine(isStopped: true)
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", program: engine)
                let prepared = Task { try await store.prepare(entry, waitingUpTo: .seconds(300)) }
                let process = try await engine.processID
                await store.shutDown()
                #expect(kill(process, 0) == -1 && errno == ESRCH)
                _ = await prepared.result
                #expect(!FileSystem.isOccupied(folder.path + "/" + Self.unpacking))
            }
        }
    }

    @Test(arguments: ["missing", "writable", "foreign"])
    func anEngineThatIsUnsafeToStartIsNamed(fault: String) async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("#!/bin/sh\n", to: "programs/asr2clip-engine")
                let path = folder.path + "/programs/asr2clip-engine"
                chmod(path, fault == "writable" ? 0o777 : 0o755)
                if fault == "missing" { unlink(path) }
                let registry = try folder.registry(download: "url: \(server.url("/v.tgz"))")
                let store = ModelLibrary(
                    registry: registry, paths: folder.paths, proxies: .none, engine: EngineExecutable(path: path),
                    logger: .silent, onProgress: { _ in })
                let entry = try #require(registry.entries.first)
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                let part = [
                    "missing": "The program \(path) is missing. Install asr2clip again",
                    "writable": "Everybody may write \(path), so the engine is not started.",
                    "foreign": "\(path) is no engine of asr2clip",
                ]
                let description = error?.description ?? ""
                #expect(description.contains("Cannot unpack the archive: \(part[fault] ?? "?")"), "\(description)")
                #expect(error?.message.contains(folder.path) == false, "clients are told of no folder")
                #expect(error?.message.contains("asr2clip-engine") == true)
            }
        }
    }

    @Test(arguments: TestArchive.Packing.allCases)
    func everyArchiveFormatKeepsBytesAndNames(packing: TestArchive.Packing) async throws {
        var generator = SeededGenerator(seed: 21)
        let noise = String(
            (0..<300_000).map { _ in Character(UnicodeScalar(UInt8.random(in: 33...126, using: &generator))) })
        let bytes = try TestArchive.make(
            [.file("modèle/m.onnx", noise + noise), .file("modèle/tokens.txt", "t"), .file("modèle/語/é", "x")],
            packing: packing)
        try await withFileServer(["/v": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                #expect(folder.text("asr2clip/models/voice/m.onnx") == noise + noise)
                #expect(folder.text("asr2clip/models/voice/語/é") == "x")
            }
        }
    }

    @Test func aSparseFileStaysSparse() async throws {
        let bytes = LyingArchive.sparseTar(realSize: 9_000_000, offset: 4_000_000, count: 4)
        try await withFileServer(["/v.tar": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                try folder.write("t", to: "asr2clip/models/voice/tokens.txt")
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tar"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                let file = folder.path + "/asr2clip/models/voice/m.onnx"
                var expected = Data(count: 9_000_000)
                expected.replaceSubrange(4_000_000..<4_000_004, with: Data("data".utf8))
                #expect(try Data(contentsOf: URL(filePath: file)) == expected)
                var status = stat()
                #expect(stat(file, &status) == 0 && status.st_blocks * 512 < 1_000_000)
            }
        }
    }
}
