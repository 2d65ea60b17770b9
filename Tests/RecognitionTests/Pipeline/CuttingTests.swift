import AudioInput
import Concurrency
import Foundation
import SpeechTypes
import TestSupport
import Testing

@testable import Recognition

@Suite(.timeLimit(.minutes(3))) struct CuttingTests {
    @Test func aLongRecordingWaitsForItsTurnToBeCutAndAShortOneDoesNot() async throws {
        let folder = try TemporaryFolder()
        let path = try await Self.writeLongSound(in: folder)
        let pipeline = try Self.pipeline(lanes: 1)
        var held: [AsyncSemaphore.Permit] = []
        for _ in 0..<TranscriptionPipeline.mostCut(onLanes: 1) { held.append(try await pipeline.cutting.acquire()) }
        let long = Task { try await Self.texts(of: .job(path), in: pipeline) }
        try await eventually("it waits") { pipeline.cutting.waiting == 1 }
        let cut = Task { try await Self.texts(of: .fixture("en_word_16k.wav", chunking: .init()), in: pipeline) }
        try await eventually("what a request wants cut waits too") { pipeline.cutting.waiting == 2 }
        #expect(try await Self.texts(of: .fixture("en_word_16k.wav"), in: pipeline) == ["stop"])
        #expect(pipeline.cutting.waiting == 2)
        held = []
        #expect(try await long.value.joined(separator: " ").split(separator: " ").count > 50)
        #expect(try await cut.value == ["stop"])
        // All permits have been returned.
        for _ in 0..<TranscriptionPipeline.mostCut(onLanes: 1) { held.append(try await pipeline.cutting.acquire()) }
    }

    private nonisolated static func pipeline(lanes: Int) throws -> TranscriptionPipeline {
        TranscriptionPipeline(
            recognizer: try LoadedPipeline.recognizer(.paraformer), lanes: lanes, detector: .installed)
    }

    /// The text of each segment.
    private nonisolated static func texts(
        of job: TranscriptionJob, in pipeline: TranscriptionPipeline
    ) async throws -> [String] {
        var texts: [String] = []
        try await pipeline.run(job) { events in
            for case .segment(let segment) in events { texts.append(segment.text) }
        }
        return texts
    }

    /// Two minutes of speech.
    @BlockingCalls private static func writeLongSound(in folder: TemporaryFolder) throws -> String {
        let sound = try AudioBuffer.decoding(Fixtures.audio(Manifest.shared.session.file)).repeated(2)
        return try folder.write(sound.wav, to: "long.wav")
    }
}
