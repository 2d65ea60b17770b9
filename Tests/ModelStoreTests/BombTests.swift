import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Archives that would fill the disk.
struct BombTests {
    private func expectRefusal(
        of entries: [TestArchive.Entry], settings: FetchSettings, naming part: String
    ) async throws {
        let bytes = try TestArchive.make(entries)
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))", settings: settings)
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
            }
        }
    }

    private let zeros = TestArchive.Entry.file("v/m.onnx", String(repeating: "\0", count: 2_000_000))

    @Test func anArchiveThatGrowsBeyondTheRatioIsRefused() async throws {
        try await expectRefusal(
            of: [zeros, .file("v/tokens.txt", "t")], settings: .quick { $0.unpackAllowance = 1_000_000 },
            naming: "it unpacks to more than 1.0 MB, 100 times its size")
    }

    @Test func manySmallFilesCountTogether() async throws {
        let entries = (0..<20).map { TestArchive.Entry.file("v/\($0)", String(repeating: "\0", count: 100_000)) }
        try await expectRefusal(
            of: entries, settings: .quick { $0.unpackAllowance = 1_000_000 }, naming: "it unpacks to more than 1.0 MB")
    }

    @Test func anArchiveThatWouldFillTheDiskIsRefused() async throws {
        try await expectRefusal(
            of: [zeros, .file("v/tokens.txt", "t")],
            settings: .quick {
                $0.reserve = 500_000
                $0.freeSpace = { _ in 1_500_000 }
            }, naming: "it unpacks to more than the 1.0 MB that are free on the disk")
    }

    @Test(arguments: [(Int64(1000), 1, true), (1001, 1, false), (0, 100_000, true), (0, 100_001, false)])
    func theLimitsAreInclusive(bytes: Int64, entries: Int, isFine: Bool) {
        let limits = UnpackingLimits(
            archive: 10, free: nil, .quick { $0.unpackAllowance = 0 })
        #expect(((try? limits.check(bytes: bytes, entries: entries)) != nil) == isFine)
    }

    @Test func anArchiveOfTooManyEntriesIsRefused() async throws {
        try await expectRefusal(
            of: [TestArchive.Entry](repeating: .folder("v"), count: 100_001), settings: .quick,
            naming: "it has more than 100000 entries")
    }

    @Test func anArchiveOfATypicalModelIsAccepted() async throws {
        let bytes = try TestArchive.make([zeros, .file("v/tokens.txt", "t")])
        try await withFileServer(["/v.tgz": .bytes(bytes)]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                #expect(store.sizeOnDisk(of: entry) == 2_000_001)
            }
        }
    }
}
