import SherpaOnnx
import SpeechTypes
import Synchronization

/// Recognizers of one model by language, least recently used out.
///
/// sherpa-onnx fixes the language of SenseVoice and Whisper when a recognizer is made, and each one costs a whole
/// model's memory. A recognizer that is let go lives on until its last decode ends.
final class RecognizerCache: Sendable {
    private let recognizers: Mutex<LRUCache<Language?, OfflineRecognizer>>
    /// Held while a recognizer loads, so that two requests do not load the same one; hits do not wait for it.
    private let loading = Mutex(())
    private let load: @Sendable (Language?) throws(RecognitionError) -> OfflineRecognizer

    init(capacity: Int, load: @escaping @Sendable (Language?) throws(RecognitionError) -> OfflineRecognizer) {
        recognizers = Mutex(LRUCache(capacity: capacity))
        self.load = load
    }

    /// The recognizer for a language, loaded if it must be. Blocks meanwhile.
    func recognizer(for language: Language?) throws(RecognitionError) -> OfflineRecognizer {
        if let cached = recognizers.withLock({ $0.value(for: language) }) { return cached }
        return try loading.withLock { _ throws(RecognitionError) in
            if let cached = recognizers.withLock({ $0.value(for: language) }) { return cached }
            let loaded = try load(language)
            recognizers.withLock { $0.insert(loaded, for: language) }
            return loaded
        }
    }

    /// The languages held now, the one unused for longest first.
    var languages: [Language?] { recognizers.withLock { $0.keys } }
}
