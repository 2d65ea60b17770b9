import AudioInput
import Foundation
import SpeechTypes
import TestSupport
import Testing

@testable import Transcription

@Suite(.timeLimit(.minutes(3))) struct PermitsTests {
    @Test func noMoreAreLentThanThereAreAndTheFirstComesFirst() async throws {
        let permits = Permits(2)
        var held = [try await permits.take(), try await permits.take()]
        let order = Log<Int>()
        var waiting: [Task<Void, any Error>] = []
        for number in 0..<3 {
            waiting.append(
                Task {
                    let permit = try await permits.take()
                    order.append(number)
                    withExtendedLifetime(permit) {}
                })
            try await eventually("it waits") { permits.waiting == number + 1 }
        }
        #expect(order.entries.isEmpty)
        held.removeLast()
        for task in waiting { try await task.value }
        #expect(order.entries == [0, 1, 2])
        withExtendedLifetime(held) {}
    }

    @Test func whoIsCancelledWaitsNoLonger() async throws {
        let permits = Permits(1)
        var held: Permits.Permit? = try await permits.take()
        let waiting = Task { _ = try await permits.take() }
        try await eventually("it waits") { permits.waiting == 1 }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(permits.waiting == 0)
        #expect(held != nil)
        held = nil
        _ = try await permits.take()
    }

    /// More long recordings at once than may be cut at once: each comes out whole in the end.
    @Test func manyLongRecordingsTakeTurnsAtBeingCut() async throws {
        let folder = try TemporaryFolder()
        let sound = try await Self.longSound()
        let path = try folder.write(sound.wav, to: "long.wav")
        let recognizer = try Loaded.recognizer(.paraformer)
        let pipeline = TranscriptionPipeline(recognizer: recognizer, lanes: 1, detector: .installed)
        let count = 3 * TranscriptionPipeline.mostCut(onLanes: 1)
        let texts = try await withThrowingTaskGroup { group in
            for _ in 0..<count { group.addTask { try await Self.text(of: path, in: pipeline) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts.count == count)
        let words = texts[0].split(separator: " ").count
        #expect(words > 50)
        #expect(Set(texts).count == 1)
    }

    private nonisolated static func text(of path: String, in pipeline: TranscriptionPipeline) async throws -> String {
        var transcript = Transcript()
        try await pipeline.run(.job(path)) { event in
            if case .segment(let segment) = event { transcript.append(segment) }
        }
        return transcript.text
    }

    @BlockingCalls private static func longSound() throws -> AudioBuffer {
        try AudioBuffer.decoding(Fixtures.audio(Manifest.shared.session.file)).repeated(2)
    }
}
