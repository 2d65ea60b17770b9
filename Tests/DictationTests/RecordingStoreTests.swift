import AudioInput
import Foundation
import SpeechTypes
import TestSupport
import Testing

@testable import Dictation

@Suite struct RecordingStoreTests {
    private let folder: TemporaryFolder
    private let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = RecordingStore(path: folder.file("cache/recordings"))
    }

    private func rights(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func aRecordingIsAPrivateAudioFile() throws {
        let sound = (0..<8_000).map { Float($0 % 100) / 200 }
        let recording = try store.begin()
        try recording.append(sound)
        try recording.append([2, -2])
        try recording.append([0.25])
        try recording.finish(keeping: 8_002)
        #expect(recording.duration == Duration(samples: 8_002))
        #expect(try rights(recording.path) == 0o600)
        #expect(try rights(store.path) == 0o700)
        let read = try AudioBuffer.decoding(recording.path).samples
        #expect(read.count == 8_002)
        #expect(zip(read, sound).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(read.suffix(2).map { $0.rounded() } == [1, -1])
        let header = try #require(FileManager.default.contents(atPath: recording.path)).prefix(44)
        #expect(header == AudioBuffer(samples: read).wav.prefix(44))
        recording.remove()
        #expect(store.waitingCount == 0)
    }

    @Test func silenceIsDistinguishedFromSpeech() throws {
        let recording = try store.begin()
        try recording.append([0, 0])
        #expect(recording.isSilent)
        try recording.append([0, 0.1])
        try recording.append([0])
        #expect(!recording.isSilent)
    }

    @Test func aRecordingInUseIsNotTakenByAnother() throws {
        let recording = try store.begin()
        try recording.append([0.5])
        #expect(try store.takeWaiting().isEmpty)
        #expect(store.waitingCount == 0)
        #expect(store.discard() == 0)
        #expect(FileManager.default.fileExists(atPath: recording.path))
        withExtendedLifetime(recording) {}
    }

    /// A recording is locked from the moment it has its name, so that a concurrent look never takes it for an abandoned
    /// one.
    @Test func aNewRecordingIsNeverTakenForAnAbandonedOne() async throws {
        let looking = Task.detached { [store] in
            var taken = 0
            while !Task.isCancelled { taken += try store.takeWaiting().count + store.discard() }
            return taken
        }
        for _ in 0..<200 {
            let recording = try store.begin()
            #expect(FileManager.default.fileExists(atPath: recording.path))
            recording.remove()
        }
        looking.cancel()
        #expect(try await looking.value == 0)
    }

    @Test func aRecordingKilledAtItsStartIsDeleted() throws {
        let recording = try store.begin(at: Date(timeIntervalSince1970: 1_700_000_000))
        let leftover = recording.path.replacing("recordings/", with: "recordings/.new-")
        try FileManager.default.copyItem(atPath: recording.path, toPath: leftover)
        #expect(store.discard() == 0)
        #expect(
            FileManager.default.fileExists(atPath: recording.path) && !FileManager.default.fileExists(atPath: leftover))
    }

    @Test func expiredAndDiscardedRecordingsAreDeleted() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        for days in [0.0, 29, 31, 400] {
            let recording = try store.begin(at: now - days * 86_400)
            try recording.append([0.5])
        }
        #expect(store.waitingCount == 4)
        #expect(store.discard(olderThan: RecordingStore.longestWait, now: now) == 2)
        #expect(store.waitingCount == 2)
        #expect(store.discard() == 2)
        #expect(store.waitingCount == 0)
    }

    @Test func anInterruptedRecordingIsRepaired() throws {
        let times = [Date(timeIntervalSince1970: 1_800_000_000), Date(timeIntervalSince1970: 1_700_000_000.25)]
        for (index, time) in times.enumerated() {
            let recording = try store.begin(at: time)
            try recording.append([Float](repeating: 0.5, count: 3_000 + index))
        }
        let empty = try store.begin()
        withExtendedLifetime(empty) {}
        let waiting = try store.takeWaiting()
        #expect(waiting.map(\.began) == times.reversed())
        #expect(waiting.map(\.duration) == [Duration(samples: 3_001), Duration(samples: 3_000)])
        #expect(waiting.allSatisfy { !$0.isSilent })
        #expect(try AudioBuffer.decoding(waiting[0].path).samples.count == 3_001)
        #expect(try store.takeWaiting().isEmpty)
    }

    @Test func aFullDiskIsReportedAndLosesNothingWritten() throws {
        let broken = Recording(
            path: "/dev/full", began: Date(), descriptor: open("/dev/full", O_WRONLY | O_CLOEXEC), samples: 0)
        let error = #expect(throws: RecordingError.self) { try broken.append([0.5]) }
        #expect(error?.description.contains("/dev/full") == true)
        #expect(error?.description.contains("XDG_CACHE_HOME") == true)
        #expect(broken.duration == .zero)
    }

    @Test func theFolderFollowsTheXDGRules() {
        #expect(RecordingStore(environment: [:], home: "/h").path == "/h/.cache/asr2clip/recordings")
        #expect(RecordingStore(environment: ["XDG_CACHE_HOME": "/c"], home: "/h").path == "/c/asr2clip/recordings")
        #expect(
            RecordingStore(environment: ["XDG_CACHE_HOME": "c"], home: "/h").path == "/h/.cache/asr2clip/recordings")
    }
}
