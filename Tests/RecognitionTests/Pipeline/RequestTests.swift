import ModelFamilies
@testable import Recognition
import SpeechTypes
import TestSupport
import Testing

/// All fields of a request reach the recognizer.
@BlockingCalls @Suite(.timeLimit(.minutes(3))) struct RequestTests {
    @Test(arguments: [(SpeechTask?.none, "一二三四五"), (.transcribe, "一二三四五"), (.translate, "one two three four five")])
    func theRequestedTaskIsDone(task: SpeechTask?, text: String) async throws {
        var job = TranscriptionJob.fixture("zh_digits_16k.wav")
        job.task = task
        #expect(try await Report(LoadedPipeline.transcriber(.whisper).transcribe(job)).transcript.text == text)
    }

    @Test func unsupportedTasksAreRefusedBeforeReadingTheRecording() async throws {
        var job = TranscriptionJob.job("/nowhere.wav")
        job.task = .translate
        let transcriber = try LoadedPipeline.transcriber(.senseVoice)
        let error = await #expect(throws: TranscriptionError.self) { try await Report(transcriber.transcribe(job)) }
        #expect(error?.code == .unsupportedTask)
    }

    @Test(
        arguments: [
            (Hints(prompt: "for, ate. write"), "FOR ATE WRITE", []),
            (Hints(prompt: "Zen", keywords: ["for"]), "FOR EIGHT RIGHT", [.prompt]),
            (Hints(prompt: "write", keywords: ["for", "C#"]), "FOR EIGHT WRITE", [.keywords]),
            (Hints(prompt: "Zen.", keywords: ["Zen"]), "FOUR EIGHT RIGHT", [.prompt, .keywords]),
            (Hints(), "FOUR EIGHT RIGHT", []),
        ] as [(Hints, String, [Hints.Field])])
    func hintsAreUsedAndUnusedOnesNamedByField(
        hints: Hints, text: String, unused: [Hints.Field]
    ) async throws {
        let recognizer = try Recognizer(.fixture(.transducer, options: .withHotwords))
        var job = TranscriptionJob.fixture("en_homophones_16k.wav")
        job.hints = hints
        let transcriber = LocalTranscriber(recognizer: recognizer, lanes: 1, detector: .installed)
        let report = try await Report(transcriber.transcribe(job))
        #expect(report.transcript.text == text)
        #expect(report.summary.unusedHints == unused)
    }

    @Test func aModelWithoutHintSupportNamesAllFields() async throws {
        var job = TranscriptionJob.fixture("en_word_16k.wav")
        job.hints = Hints(prompt: "stop", keywords: ["go"])
        #expect(
            try await Report(LoadedPipeline.transcriber(.senseVoice).transcribe(job)).summary.unusedHints
                == [.prompt, .keywords])
    }

    @Test(
        arguments: [
            (nil, [], "en"), (nil, ["en"], "en"), (nil, ["zh", "en"], "en"), (nil, ["zh"], nil),
            ("en", ["zh"], "en"), ("en", ["xx"], "en"),
        ] as [(String?, [String], String?)], [ModelFamily.senseVoice, .whisper])
    func aDetectedLanguageMustBeACandidate(
        languages: (named: String?, candidates: [String], heard: String?), family: ModelFamily
    ) async throws {
        var job = TranscriptionJob.fixture("en_digits_16k.wav", language: languages.named)
        job.candidates = languages.candidates.map { Language(code: $0) }
        let transcript = try await Report(LoadedPipeline.transcriber(family).transcribe(job)).transcript
        #expect(transcript.language?.code == languages.heard)
        #expect(transcript.text == "one two three four")
    }

    @Test(arguments: [ModelFamily.senseVoice, .whisper])
    func aCandidateUnknownToTheModelIsRefused(family: ModelFamily) async throws {
        var job = TranscriptionJob.fixture("en_word_16k.wav")
        job.candidates = [Language(code: "en"), Language(code: "xx")]
        let transcriber = try LoadedPipeline.transcriber(family)
        let error = await #expect(throws: TranscriptionError.self) { try await Report(transcriber.transcribe(job)) }
        #expect(error?.code == .unsupportedCandidate)
        #expect(error?.message.contains("xx") == true && error?.message.contains("zh") == true)
    }

    @Test func aModelWithoutLanguagesAcceptsAnyCandidate() async throws {
        var job = TranscriptionJob.fixture("en_word_16k.wav")
        job.candidates = [Language(code: "xx")]
        #expect(try await Report(LoadedPipeline.transcriber(.paraformer).transcribe(job)).transcript.text == "stop")
    }
}
