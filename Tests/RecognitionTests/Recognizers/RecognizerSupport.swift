import SpeechTypes
import Synchronization
import TestSupport

@testable import ModelFamilies
@testable import Recognition

/// Recognizers that tests share, loaded on first use.
enum LoadedModel {
    private static let recognizers = Mutex<[ModelSpecification: Recognizer]>([:])

    /// The recognizer of a fixture model; for `moonshine` of the starter model.
    static func recognizer(
        _ family: ModelFamily, options: ModelOptions = ModelOptions()
    ) throws(RecognitionError) -> Recognizer {
        let model = ModelSpecification.fixture(family, options: options)
        if let loaded = recognizers.withLock({ $0[model] }) { return loaded }
        let loaded = try Recognizer(model)
        recognizers.withLock { $0[model] = loaded }
        return loaded
    }
}

extension Recognizer {
    /// Recognises one segment.
    func recognize(
        _ segment: SpeechSegment, language: Language? = nil, task: SpeechTask? = nil, hints: Hints = Hints()
    ) throws(RecognitionError) -> [Transcript.Segment] {
        try recognize([segment], for: RecognitionRequest(language: language, task: task, hints: hints))[0].get()
    }

    /// Recognises a whole sound as one segment.
    func recognize(_ sound: AudioBuffer, language: Language? = nil) throws(RecognitionError) -> [Transcript.Segment] {
        try recognize(SpeechSegment(offset: 0, audio: sound), language: language)
    }

    /// The text of a sound.
    func transcript(_ sound: AudioBuffer, language: Language? = nil) throws(RecognitionError) -> Transcript {
        var transcript = Transcript(duration: sound.duration)
        for segment in try recognize(sound, language: language) { transcript.append(segment) }
        return transcript
    }
}

extension AudioBuffer {
    /// A recording of the fixtures.
    static func fixture(_ file: String) throws -> AudioBuffer {
        try .decoding(Fixtures.audio(file))
    }
}

extension RecognizerCache {
    /// The settings of the cached recognizers, the least recently used first.
    var settings: [RecognizerSettings] { recognizers.withLock { Array($0.values.keys) } }
}
