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
        var options = ModelOptions.withHotwords
        // The model knows no homophones, so only a high score makes it hear another word.
        options.values.merge(["hotwords_score": 12, "max_active_paths": 29]) { $1 }
        let recognizer = try Recognizer(.fixture(.streamingTransducer, options: options))
        let hinted = RecognitionRequest(hints: Hints(keywords: ["open", "Zen"]))
        #expect(recognizer.unused(hinted.hints) == ["Zen"])
        let segment = SpeechSegment(offset: 0, audio: try .decoding(Fixtures.audio("en_homophones_16k.wav")))
        #expect(try recognizer.recognize(segment, hints: hinted.hints).map(\.text) == ["OPEN OPEN RIGHT"])
        let streams = try [hinted, RecognitionRequest()].map { try #require(try recognizer.makeStream(for: $0)) }
        for stream in streams {
            stream.accept(segment.audio.samples)
            stream.finishInput()
        }
        streams[0].recognizer.decode(streams)
        #expect(try streams.map { try $0.result.text } == ["OPEN OPEN RIGHT", "FOUR EIGHT RIGHT"])
    }

    @Test func aModelOfWholeRecordingsMakesNoStreams() throws {
        #expect(try LoadedPipeline.recognizer(.senseVoice).makeStream(for: RecognitionRequest()) == nil)
    }
}
