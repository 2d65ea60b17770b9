import ModelFamilies
import SherpaOnnx
import Synchronization

/// An LRU cache of a model's recognizers, by language and task.
///
/// sherpa-onnx fixes both when it makes a recognizer of SenseVoice, Whisper or Canary, and each recognizer takes the
/// memory of a whole model. An evicted recognizer stays in memory until its last decode ends.
final class RecognizerCache: Sendable {
    private let recognizers: Mutex<LRUCache<RecognizerSettings, OfflineRecognizer>>
    /// Held while a recognizer loads, so two requests do not load the same one; cache hits do not wait for it.
    private let loading = Mutex(())
    private let load: @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer

    init(capacity: Int, load: @escaping @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer) {
        recognizers = Mutex(LRUCache(capacity: capacity))
        self.load = load
    }

    /// The recognizer for a language and a task; loads it if necessary. Blocks meanwhile.
    func recognizer(for settings: RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer {
        if let cached = recognizers.withLock({ $0.value(for: settings) }) { return cached }
        return try loading.withLock { _ throws(RecognitionError) in
            if let cached = recognizers.withLock({ $0.value(for: settings) }) { return cached }
            let loaded = try load(settings)
            recognizers.withLock { $0.insert(loaded, for: settings) }
            return loaded
        }
    }

    /// The settings of the cached recognizers, the least recently used first.
    var settings: [RecognizerSettings] { recognizers.withLock { $0.keys } }
}
