import Foundation
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import Recognition

/// Recordings that are cut at pauses.
@Suite(.timeLimit(.minutes(5))) struct SegmentationTests {
    private static let session = Manifest.shared.session
    private static let families = [ModelFamily.senseVoice, .paraformer, .transducer, .whisper]

    @Test(arguments: families)
    func everyUtteranceIsASegmentWithItsTextAndTimes(family: ModelFamily) async throws {
        let job = TranscriptionJob.fixture(
            Self.session.file, chunking: ChunkingStrategy(silence: .milliseconds(500)))
        let report = try await Report(LoadedPipeline.transcriber(family).transcribe(job))
        #expect(report.segments.map { $0.text.lowercased() } == Self.session.utterances.map(\.text))
        for (segment, utterance) in zip(report.segments, Self.session.utterances) {
            #expect(abs(segment.start.inSeconds - utterance.start) <= 0.25, "\(segment) \(utterance)")
            #expect(abs(segment.end.inSeconds - utterance.end) <= 0.25, "\(segment) \(utterance)")
        }
        #expect(report.transcript.duration == .seconds(Self.session.duration))
    }

    /// If the request has no preference, short pauses stay inside segments, up to the family's preferred length.
    @Test(arguments: families)
    func aLongRecordingIsCutToTheFamilysPreferredLength(family: ModelFamily) async throws {
        let report = try await Report(LoadedPipeline.transcriber(family).transcribe(.fixture(Self.session.file)))
        #expect(report.transcript.text.lowercased() == Self.session.utterances.map(\.text).joined(separator: " "))
        #expect((2..<Self.session.utterances.count).contains(report.segments.count))
        let longest = try LoadedPipeline.recognizer(family).preferredSegment
        #expect(report.segments.allSatisfy { $0.end - $0.start <= longest })
        for (segment, next) in zip(report.segments, report.segments.dropFirst()) { #expect(segment.end <= next.start) }
    }

    @Test func aShortRecordingIsCutOnlyOnRequest() async throws {
        let transcriber = try LoadedPipeline.transcriber(.senseVoice)
        let whole = try await Report(transcriber.transcribe(.fixture("en_two_phrases_16k.wav")))
        #expect(whole.segments.map(\.text) == ["one two three seven eight"])
        let cut = try await Report(
            transcriber.transcribe(.fixture("en_two_phrases_16k.wav", chunking: ChunkingStrategy())))
        #expect(cut.segments.map(\.text) == ["one two three", "seven eight"])
        #expect(cut.transcript.text == whole.transcript.text)
        #expect(cut.transcript.duration == whole.transcript.duration)
    }

    @Test(arguments: [300, 1_500])
    func theRequestedSilenceDurationDefinesPauses(milliseconds: Int) async throws {
        let strategy = ChunkingStrategy(silence: .milliseconds(milliseconds))
        let report = try await Report(
            LoadedPipeline.transcriber(.senseVoice).transcribe(.fixture("en_two_phrases_16k.wav", chunking: strategy)))
        #expect(report.segments.count == (milliseconds == 300 ? 2 : 1))
    }

    @BlockingCalls @Test func theRequestedThresholdAndPaddingAreUsed() throws {
        let sound = try AudioBuffer.decoding(Fixtures.audio(Self.session.file))
        func seconds(_ strategy: ChunkingStrategy) throws -> Double {
            var cutter = try RecordingSegmenter(
                window: .seconds(30), joining: .zero, strategy: strategy, model: .installed)
            let segments = try cutter.receive(sound) + cutter.finish()
            return segments.reduce(0) { $0 + $1.audio.duration.inSeconds }
        }
        let usual = try seconds(ChunkingStrategy())
        #expect(try seconds(ChunkingStrategy(prefixPadding: .zero)) < usual - 15 * 0.2)
        #expect(try seconds(ChunkingStrategy(prefixPadding: .milliseconds(900))) > usual + 15 * 0.2)
        #expect(try seconds(ChunkingStrategy(threshold: 0)) > seconds(ChunkingStrategy(threshold: 1)))
    }

    @Test(arguments: families)
    func silenceAroundSpeechDoesNotShiftItsTimes(family: ModelFamily) async throws {
        let folder = try TemporaryFolder()
        let silence = AudioBuffer(samples: Array(repeating: 0, count: 20 * AudioBuffer.sampleRate))
        var sound = silence
        sound.samples += try AudioBuffer.decoding(Fixtures.audio("en_digits_16k.wav")).samples + silence.samples
        let path = try folder.write(sound.wav, to: "silence.wav")
        let report = try await Report(LoadedPipeline.transcriber(family).transcribe(.job(path)))
        #expect(report.transcript.text.lowercased() == "one two three four")
        let segment = try #require(report.segments.first)
        #expect(report.segments.count == 1)
        #expect(abs(segment.start.inSeconds - 20.25) <= 0.25, "\(segment.start)")
        #expect(abs(segment.end.inSeconds - 21.349) <= 0.25, "\(segment.end)")
        #expect(report.transcript.duration == sound.duration)
    }

    /// Sound that the model decodes in one piece has the times of its speech, too, if the response has times.
    @Test(arguments: families + [.moonshine], [true, false])
    func aShortRecordingReportsTheTimesOfSpeech(family: ModelFamily, needsTimes: Bool) async throws {
        let folder = try TemporaryFolder()
        var sound = AudioBuffer(samples: Array(repeating: 0, count: 8 * AudioBuffer.sampleRate))
        sound.samples += try AudioBuffer.decoding(Fixtures.audio("en_digits_16k.wav")).samples
        var job = TranscriptionJob.job(try folder.write(sound.wav, to: "late.wav"))
        job.needsTimes = needsTimes
        let report = try await Report(LoadedPipeline.transcriber(family).transcribe(job))
        let segment = try #require(report.segments.first)
        #expect(report.segments.count == 1)
        guard needsTimes else {
            #expect(segment.speech.isEmpty)
            return
        }
        #expect(abs(segment.start.inSeconds - 8.25) <= 0.25, "\(segment.start)")
        #expect(abs(segment.end.inSeconds - 9.349) <= 0.25, "\(segment.end)")
        #expect(segment.speech.isEmpty == segment.hasTokenTimes)
    }

    @Test func anHourOfSilenceHasNoTextAndReportsProgress() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("silence.wav")
        try WaveFile.writeSilence(seconds: 3_600, to: path)
        var isWorking = false
        var lengths: [Duration] = []
        for try await event in try LoadedPipeline.transcriber(.paraformer)
            .transcribe(.job(path, maximumDuration: .seconds(3_600)))
        {
            switch event {
            case .length(let length): lengths.append(length)
            case .working: isWorking = true
            case .segment(let segment): Issue.record("\(segment)")
            case .done(let summary): #expect(summary.duration == .seconds(3_600))
            }
        }
        #expect(isWorking)
        #expect(lengths == [.seconds(3_600)])
    }

    @Test func tenMinutesOfNoiseHaveNoText() async throws {
        let folder = try TemporaryFolder()
        let noise = try WaveFile(path: Fixtures.audio("noise_16k.wav")).repeated(400)
        let path = try folder.write(noise, to: "noise.wav")
        let report = try await Report(LoadedPipeline.transcriber(.whisper).transcribe(.job(path)))
        #expect(report.transcript.text.isEmpty)
        #expect(report.transcript.duration == .seconds(600))
    }

    @Test(arguments: families)
    func musicIsHandled(family: ModelFamily) async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(AudioBuffer.music(seconds: 40).wav, to: "music.wav")
        let report = try await Report(LoadedPipeline.transcriber(family).transcribe(.job(path)))
        #expect(report.transcript.duration == .seconds(40))
        #expect(report.segments.allSatisfy { .zero <= $0.start && $0.start <= $0.end && $0.end <= .seconds(40) })
        for (earlier, later) in zip(report.segments, report.segments.dropFirst()) {
            #expect(earlier.end <= later.start)
        }
    }

    @Test(arguments: ["bad_5ms.wav", "bad_empty.wav"])
    func tooLittleAudioIsStillAnError(file: String) async throws {
        let transcriber = try LoadedPipeline.transcriber(.whisper)
        let code: TranscriptionError.Code = file == "bad_5ms.wav" ? .audioTooShort : .audioEmpty
        let error = await #expect(throws: TranscriptionError.self) {
            try await Report(transcriber.transcribe(.fixture(file, chunking: ChunkingStrategy())))
        }
        #expect(error?.code == code)
    }

    @Test func withoutADetectorAStrategyIsRefused() async throws {
        let transcriber = try LoadedPipeline.transcriber(.senseVoice, detector: .missing)
        let error = await #expect(throws: TranscriptionError.self) {
            try await Report(transcriber.transcribe(.fixture("en_word_16k.wav", chunking: ChunkingStrategy())))
        }
        #expect(error?.code == .detectorUnavailable)
        #expect(error?.message.contains("silero_vad_16k_op15.onnx") == true)
    }

    @Test func anotherModelIsNotAcceptedAsTheDetector() throws {
        let model = VoiceActivityModel(path: Fixtures.model("sense_voice", "model.onnx"))
        #expect(model.fault?.contains("sense_voice/model.onnx") == true)
        #expect(VoiceActivityModel.installed.fault == nil)
    }
}

extension AudioBuffer {
    /// Plucked chords, two a second, loud at first and fading.
    fileprivate static func music(seconds: Int) -> AudioBuffer {
        let chord = (0..<sampleRate / 2).map { index -> Float in
            let time = Double(index) / Double(sampleRate)
            let tones = [220.0, 277.2, 329.6, 440].reduce(0) { $0 + sin(2 * .pi * $1 * time) }
            return Float(tones / 4 * exp(-4 * time))
        }
        return AudioBuffer(samples: chord).repeated(seconds * 2)
    }
}
