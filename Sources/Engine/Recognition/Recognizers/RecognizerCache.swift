import Collections
import ModelFamilies
import SherpaOnnx
import SpeechTypes
import Synchronization

/// A cache that evicts the least recently used value.
struct LRUCache<Key: Hashable, Value> {
    let capacity: Int
    /// The least recently used first.
    private(set) var values: OrderedDictionary<Key, Value> = [:]

    init(capacity: Int) { self.capacity = capacity }

    /// The value for a key; marks it as the most recently used.
    mutating func value(for key: Key) -> Value? {
        guard let value = values.removeValue(forKey: key) else { return nil }
        values[key] = value
        return value
    }

    /// Adds a value as the most recently used, and evicts the least recently used if there are too many.
    mutating func insert(_ value: Value, for key: Key) {
        values.removeValue(forKey: key)
        values[key] = value
        if values.count > capacity { values.removeFirst() }
    }
}

/// A model's three most recently used recognizers, by language and task.
///
/// sherpa-onnx fixes both when it makes a recognizer of SenseVoice, Whisper or Canary, and each recognizer takes the
/// memory of a whole model. An evicted recognizer stays in memory until its last decode ends.
final class RecognizerCache: Sendable {
    let recognizers = Mutex(LRUCache<RecognizerSettings, any WaveformRecognizer>(capacity: 3))
    /// Held while a recognizer loads, so two requests do not load the same one; cache hits do not wait for it.
    private let loading = Mutex(())
    private let load: @Sendable (RecognizerSettings) throws(RecognitionError) -> any WaveformRecognizer

    init(load: @escaping @Sendable (RecognizerSettings) throws(RecognitionError) -> any WaveformRecognizer) {
        self.load = load
    }

    /// The recognizer for a language and a task; loads it if necessary. Blocks meanwhile.
    func recognizer(for settings: RecognizerSettings) throws(RecognitionError) -> any WaveformRecognizer {
        if let cached = recognizers.withLock({ $0.value(for: settings) }) { return cached }
        return try loading.withLock { _ throws(RecognitionError) in
            if let cached = recognizers.withLock({ $0.value(for: settings) }) { return cached }
            let loaded = try load(settings)
            recognizers.withLock { $0.insert(loaded, for: settings) }
            return loaded
        }
    }
}

/// Caches plans of hints: all segments of a recording share one, and spelling hundreds of phrases takes longer than
/// recognising a short clip.
final class HintPlans: Sendable {
    private let plans = Mutex(LRUCache<Hints, HintPlan>(capacity: 16))
    private let make: @Sendable (Hints) -> HintPlan

    init(make: @escaping @Sendable (Hints) -> HintPlan) { self.make = make }

    func plan(for hints: Hints) -> HintPlan {
        if let plan = plans.withLock({ $0.value(for: hints) }) { return plan }
        let plan = make(hints)
        plans.withLock { $0.insert(plan, for: hints) }
        return plan
    }
}
