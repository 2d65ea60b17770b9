import Foundation
import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

@Suite(.timeLimit(.minutes(3))) struct FailureTests {
    @Test(arguments: [
        (TranscriptionJob.fixture("bad_zero_bytes.wav"), TranscriptionError.Code.audioEmpty),
        (.fixture("bad_empty.wav"), .audioEmpty),
        (.fixture("bad_5ms.wav"), .audioTooShort),
        (.fixture("bad_text.wav"), .audioUndecodable),
        (.fixture("bad_truncated.wav"), .audioUndecodable),
        (.job("/nowhere/clip.wav"), .audioUnreadable),
        (.fixture("en_long_16k.flac", maximumDuration: .seconds(5)), .audioTooLong),
        (.fixture("en_unknown_length_16k.wav", maximumDuration: .seconds(1)), .audioTooLong),
        (.fixture("en_word_16k.wav", language: "xx"), .unsupportedLanguage),
        (.fixture("bad_text.wav", language: "xx"), .unsupportedLanguage),
    ])
    func faultsOfTheJobAreTranscriptionErrors(job: TranscriptionJob, code: TranscriptionError.Code) async throws {
        let transcriber = try LoadedPipeline.transcriber(.whisper)
        let error = await #expect(throws: TranscriptionError.self) { try await Report(transcriber.transcribe(job)) }
        #expect(error?.code == code)
        #expect(error?.message.isEmpty == false)
        let report = try await Report(transcriber.transcribe(.fixture("en_word_16k.wav")))
        #expect(report.transcript.text == "stop", "the transcriber goes on after an error")
    }

    @Test(arguments: [
        (RecognitionError.Code.unsupportedLanguage, TranscriptionError.Code.unsupportedLanguage),
        (.unsupportedTask, .unsupportedTask),
        (.decodingFailed, .recognitionFailed), (.modelUnusable, .recognitionFailed),
    ])
    func everyRecognitionErrorHasACode(recognition: RecognitionError.Code, code: TranscriptionError.Code) {
        #expect(TranscriptionError(RecognitionError(recognition, "words")) == TranscriptionError(code, "words"))
    }

    /// The recording exceeds the limit only after segments of it were recognised.
    @Test func anErrorLateInARecordingEndsTheTranscription() async throws {
        let folder = try TemporaryFolder()
        // Two recordings in one file: no header states their total length.
        let path = try await folder.write(Self.longSound().wav + Self.longSound().wav, to: "long.wav")
        let recognizer = try LoadedPipeline.recognizer(.paraformer)
        let scheduler = SegmentScheduler(lanes: 2, recognizer: recognizer)
        let pipeline = TranscriptionPipeline(recognizer: recognizer, scheduler: scheduler, detector: .installed)
        var segments = 0
        let error = await #expect(throws: TranscriptionError.self) {
            try await pipeline.run(.job(path, maximumDuration: .seconds(350))) { events in
                for case .segment in events { segments += 1 }
            }
        }
        #expect(error?.code == .audioTooLong)
        #expect(segments > 0)
        try await scheduler.untilIdle()
    }

    @Test func cancellingTheTaskEndsTheWork() async throws {
        let folder = try TemporaryFolder()
        let path = try await folder.write(Self.longSound().wav, to: "long.wav")
        let recognizer = try LoadedPipeline.recognizer(.paraformer)
        let scheduler = SegmentScheduler(lanes: 2, recognizer: recognizer)
        let pipeline = TranscriptionPipeline(recognizer: recognizer, scheduler: scheduler, detector: .installed)
        let events = Counter()
        let work = Task {
            try await pipeline.run(.job(path)) { _ in
                events.increment()
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(events.value <= scheduler.laneCount + 1, "windows that were not yet in hand were recognised")
        try await scheduler.untilIdle()
    }

    @Test func cancellingEndsTheWorkDuringSilence() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("silence.wav")
        try WaveFile.writeSilence(seconds: 36_000, to: path)
        let pipeline = TranscriptionPipeline(
            recognizer: try LoadedPipeline.recognizer(.paraformer), lanes: 2, detector: .installed)
        let work = Task {
            try await pipeline.run(.job(path, maximumDuration: .seconds(36_000))) { events in
                #expect(events == [.length(.seconds(36_000)), .working])
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await work.value }
    }

    @Test func anErrorOfTheReportEndsTheWork() async throws {
        struct Stop: Error {}
        let recognizer = try LoadedPipeline.recognizer(.paraformer)
        let scheduler = SegmentScheduler(lanes: 2, recognizer: recognizer)
        let pipeline = TranscriptionPipeline(recognizer: recognizer, scheduler: scheduler, detector: .installed)
        await #expect(throws: Stop.self) {
            try await pipeline.run(.fixture(Manifest.shared.session.file)) { _ in throw Stop() }
        }
        try await scheduler.untilIdle()
    }

    /// Three minutes of speech.
    @BlockingCalls private static func longSound() throws -> AudioBuffer {
        try AudioBuffer.decoding(Fixtures.audio(Manifest.shared.session.file)).repeated(3)
    }
}
