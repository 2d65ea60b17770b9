import ModelFamilies
import SherpaOnnx
import Synchronization

/// Recognizers of one model by language and task, least recently used out.
///
/// sherpa-onnx fixes both when a recognizer of SenseVoice, Whisper or Canary is made, and each one costs a whole model's
/// memory. A recognizer that is let go lives on until its last decode ends.
final class RecognizerCache: Sendable {
    private let recognizers: Mutex<LRUCache<RecognizerSettings, OfflineRecognizer>>
    /// Held while a recognizer loads, so that two requests do not load the same one; hits do not wait for it.
    private let loading = Mutex(())
    private let load: @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer

    init(capacity: Int, load: @escaping @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer) {
        recognizers = Mutex(LRUCache(capacity: capacity))
        self.load = load
    }

    /// The recognizer for a language and a task, loaded if it must be. Blocks meanwhile.
    func recognizer(for settings: RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer {
        if let cached = recognizers.withLock({ $0.value(for: settings) }) { return cached }
        return try loading.withLock { _ throws(RecognitionError) in
            if let cached = recognizers.withLock({ $0.value(for: settings) }) { return cached }
            let loaded = try load(settings)
            recognizers.withLock { $0.insert(loaded, for: settings) }
            return loaded
        }
    }

    /// The settings of those held now, the one unused for longest first.
    var settings: [RecognizerSettings] { recognizers.withLock { $0.keys } }
}
