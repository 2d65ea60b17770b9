import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// The staging folders of downloads: they never block a later download.
struct StagingTests {
    /// Creates the remains of an earlier run: an unpacked archive that is deeper than a path can be long.
    private func leaveBehind(depth: Int, in folder: TemporaryFolder) throws {
        try folder.write("", to: "asr2clip/models/.incoming-voice/lock")
        let path = folder.path + "/asr2clip/models/.incoming-voice/unpacked"
        try #require(mkdir(path, 0o755) == 0)
        var way = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for _ in 0..<depth {
            try #require(mkdirat(way, "a", 0o755) == 0)
            let next = openat(way, "a", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            close(way)
            way = next
        }
        close(way)
    }

    @Test func aGoodArchiveIsFetchedDespiteAnyLeftovers() async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                try leaveBehind(depth: 5000, in: folder)
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    /// Archives at one address: deep ones are rejected and leave nothing, then a valid one is accepted.
    @Test(arguments: [1025, 4000, 10_000])
    func anArchiveOfDeepFoldersIsRefusedAndDeleted(length: Int) async throws {
        let deep = String(repeating: "a/", count: length / 2) + "f"
        let answers = [
            try TestArchive.make([.file("v/m.onnx", "m"), .file(deep, "x")], packing: .tar),
            try TestArchive.make([.file("f", "m"), .hardLink("l", to: deep)], packing: .tar),
            try TestArchive.make(voiceArchive, packing: .tar),
        ]
        try await withFileServer(["/v.tar": .inTurn(answers.map { .bytes($0) })]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tar"))", settings: .quick { $0.retryInterval = .zero })
                for _ in 1...2 {
                    let error = await #expect(throws: ModelError.self) {
                        try await store.prepare(entry, waitingUpTo: .seconds(300))
                    }
                    #expect(error?.message.contains("its path has more than 1024 bytes") == true)
                    #expect((error?.message.count ?? 0) < 400, "the path is not repeated as a whole")
                    try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
                }
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test func aPathOfTheMaximumLengthIsAccepted() async throws {
        let long = String(repeating: "a/", count: 510) + "wave"
        let bytes = try TestArchive.make([.file("m.onnx", "m"), .file("tokens.txt", "t"), .file(long, "x")])
        #expect(long.utf8.count == UnpackingLimits.pathLength)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                #expect(folder.text("asr2clip/models/voice/" + long) == "x")
                _ = try await store.remove(entry)
                try #expect(folder.contents == emptyModelsFolder)
            }
        }
    }

    @Test(arguments: ["dangling", "link", "file"])
    func aFileInPlaceOfTheStagingFolderIsNamed(kind: String) async throws {
        try await withTemporaryFolder { folder in
            let (store, entry) = try folder.store(download: "url: http://127.0.0.1:9/v.tgz")
            try folder.write("mine", to: "there/file")
            let place = folder.path + "/asr2clip/models/.incoming-voice"
            try folder.write("", to: "asr2clip/models/other")
            switch kind {
            case "dangling": try #require(symlink("nowhere", place) == 0)
            case "link": try #require(symlink(folder.path + "/there", place) == 0)
            default: try folder.write("mine", to: "asr2clip/models/.incoming-voice")
            }
            let error = await #expect(throws: ModelError.self) {
                try await store.prepare(entry, waitingUpTo: .seconds(300))
            }
            #expect(error?.message.contains("Cannot create the folder .incoming-voice: ") == true, "\(error as Any)")
            #expect(error?.message.contains("move it elsewhere") == true, "\(error as Any)")
            #expect(error?.description.contains(place) == true)
            #expect(folder.text("there/file") == "mine")
            #expect(FileSystem.isOccupied(place))
        }
    }

    /// A check does not claim the folder.
    @Test func checkingAFolderDoesNotLockIt() async throws {
        try await withTemporaryFolder { folder in
            let place = folder.path + "/voice"
            let looking = Task.detached {
                while !Task.isCancelled { _ = StagingFolder.isOwned(for: place) }
            }
            defer { looking.cancel() }
            for _ in 0..<3000 {
                guard let staging = try StagingFolder.claim(for: place) else {
                    Issue.record("Nobody has the folder, and it cannot be claimed.")
                    return
                }
                staging.remove()
            }
        }
    }

    /// The folders of removed entries are deleted; all others stay.
    @Test(arguments: [false, true])
    func stagingFoldersOfRemovedEntriesAreDeleted(isEdit: Bool) async throws {
        try await withTemporaryFolder { folder in
            let models = "asr2clip/models/"
            let left = [".incoming-gone/", ".incoming-elsewhere/", "deep/.incoming-sister/"]
            let kept = [
                isEdit ? ".incoming-voice/" : "deep/.incoming-two/", ".incoming-busy/", "nested/.incoming-far/",
            ]
            for name in left + kept {
                try folder.write("", to: models + name + "lock")
                try folder.write("half", to: models + name + "download")
            }
            try folder.write("mine", to: models + ".incoming-mine/file")
            try folder.write("mine", to: models + ".incoming-file")
            try folder.write("mine", to: models + "gone/file")
            try folder.write("mine", to: "there/lock")
            try #require(symlink(folder.path + "/there", folder.path + "/" + models + ".incoming-link") == 0)
            let dir = isEdit ? "deep/one" : "deep/two"
            let (store, _) = try folder.store(download: "url: http://127.0.0.1:9/v.tgz", dir: dir)
            let busy = try StagingFolder.claim(for: folder.path + "/" + models + "busy")
            let edited = try folder.registry(download: "url: http://127.0.0.1:9/v.tgz")
            if isEdit {
                await store.use(edited)
                try await eventually("the removal") { left.allSatisfy { folder.text(models + $0 + "lock") == nil } }
            } else {
                await store.removeAbandonedDownloads()
            }
            await store.shutDown()
            for name in left { #expect(!FileSystem.isOccupied(folder.path + "/" + models + name), "\(name)") }
            for name in kept { #expect(folder.text(models + name + "download") == "half", "\(name)") }
            for name in [".incoming-mine/file", ".incoming-file", "gone/file"] {
                #expect(folder.text(models + name) == "mine", "\(name)")
            }
            #expect(folder.text("there/lock") == "mine")
            _ = consume busy
        }
    }
}
