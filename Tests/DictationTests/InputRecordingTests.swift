import Foundation
import TestSupport
import Testing

@testable import Dictation

/// Files, folders, pipes and names of all kinds.
@Suite struct InputRecordingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func aRegularFileIsReadInPlace() async throws {
        let file = Fixtures.audio("en_digits_16k.wav")
        let input = try await InputRecording(file)
        #expect(input.path == file && input.name == "en_digits_16k.wav")
    }

    @Test func aPipeIsCopiedAndTheCopyDeleted() async throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let sound = try #require(FileManager.default.contents(atPath: Fixtures.audio("en_digits_16k.wav")))
        let writing = Task.detached { try sound.write(to: URL(filePath: pipe)) }
        var copy = ""
        do {
            let input = try await InputRecording(pipe)
            copy = input.path
            #expect(FileManager.default.contents(atPath: copy) == sound)
            #expect(input.name == "pipe")
        }
        _ = await writing.result
        #expect(!copy.isEmpty && !FileManager.default.fileExists(atPath: copy))
    }

    @Test func cancellingLeavesAPipeWithoutAWriter() async throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let before = Self.copies
        let task = Task { try await InputRecording(pipe).path }
        try await eventually("it waits for the pipe") { Self.copies.subtracting(before).count >= 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Lets the abandoned thread end.
        close(open(pipe, O_RDWR | O_NONBLOCK))
    }

    private static var copies: Set<String> {
        Set(((try? FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())) ?? []))
    }

    @Test(arguments: [("", "is a folder"), ("missing.wav", "No such file")])
    func unreadableInputsAreNamed(name: String, words: String) async throws {
        let error = await #expect(throws: ClientError.self) { try await InputRecording(folder.file(name)) }
        #expect(error?.code == .unreadable)
        #expect(error?.description.contains(words) == true && error?.description.contains(folder.path) == true)
    }

    #if os(Linux)
        @Test func aFileNameNeedNotBeUTF8() async throws {
            let bytes = Array(folder.path.utf8) + Array("/caf".utf8) + [0xE9, 0xFF] + Array(".wav".utf8)
            let sound = try #require(FileManager.default.contents(atPath: Fixtures.audio("en_digits_16k.wav")))
            let descriptor = open(bytes.map(CChar.init(bitPattern:)) + [0], O_WRONLY | O_CREAT, 0o600)
            try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: sound)
            let input = try await InputRecording(SystemName.text(of: bytes))
            #expect(FileManager.default.contents(atPath: input.path) == sound)
            #expect(input.name == "caf\u{FFFD}\u{FFFD}.wav")
        }
    #endif

    @Test(arguments: [Array("añ二😀/x".utf8), [0xFF], [0x61, 0xC3, 0x62], [0xED, 0xA0, 0x80], [], Array(0x80...0xFF)])
    func everyNameSurvivesTheRoundTrip(bytes: [UInt8]) {
        let text = SystemName.text(of: bytes)
        #expect(SystemName.bytes(of: text) == bytes)
        #expect(SystemName.isRaw(text) == (String(validating: bytes, as: UTF8.self) == nil))
    }
}
