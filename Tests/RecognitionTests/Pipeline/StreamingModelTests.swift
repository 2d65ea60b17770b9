import SherpaOnnx
import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

/// Whole recordings, and streams, with a model for streaming.
@BlockingCalls @Suite(.timeLimit(.minutes(3))) struct StreamingModelTests {
    @Test(arguments: ["en_digits_16k.wav", "en_44k1_stereo.mp3", "en_long_16k.flac", "silence_16k.wav"])
    func aRecordingGivesItsTextAndTokenTimes(file: String) async throws {
        var job = TranscriptionJob.fixture(file)
        job.needsTokens = true
        let report = try await Report(LoadedPipeline.transcriber(.streamingTransducer).transcribe(job))
        let recording = try #require(Manifest.shared.files.first { $0.file == file })
        #expect(report.isDone)
        #expect(report.transcript.text == recording.result(of: "streaming_transducer")?.text)
        #expect(report.segments.flatMap(\.tokens).allSatisfy { $0.start != nil })
    }

    /// A minute with pauses is cut, and its segments are decoded in batches.
    @Test(arguments: [1, 2])
    func aLongRecordingIsCutLikeAnyOther(lanes: Int) async throws {
        let session = Manifest.shared.session
        let transcriber = try LoadedPipeline.transcriber(.streamingTransducer, lanes: lanes)
        let report = try await Report(transcriber.transcribe(.fixture(session.file)))
        #expect(report.segments.count > 1)
        #expect(
            report.transcript.text == session.utterances.map { $0.text.uppercased() }.joined(separator: " "))
    }

    @Test func aRecognizerMakesStreamsWithTheRequestsHints() throws {
        let recognizer = try Recognizer(.fixture(.streamingTransducer, options: .withHotwords))
        let hinted = RecognitionRequest(hints: Hints(keywords: ["for"]))
        let streams = try [hinted, RecognitionRequest()].map { try #require(try recognizer.makeStream(for: $0)) }
        for stream in streams {
            stream.accept(try AudioBuffer.decoding(Fixtures.audio("en_homophones_16k.wav")).samples)
            stream.finishInput()
        }
        try recognizer.decode(streams)
        #expect(try streams.map { try $0.result.text } == ["FOR EIGHT RIGHT", "FOUR EIGHT RIGHT"])
    }

    @Test func aModelOfWholeRecordingsMakesNoStreams() throws {
        #expect(try LoadedPipeline.recognizer(.senseVoice).makeStream(for: RecognitionRequest()) == nil)
    }
}
