import Concurrency
import Dispatch
import ModelFamilies
import SherpaOnnx
import Synchronization

/// A second copy of a model whose decodes use several operator threads: for a recording that nothing else decodes
/// beside.
///
/// Lanes with one operator thread use the cores best while several decode, but a lone decode leaves all cores but one
/// idle. ONNX Runtime fixes the threads when a model is loaded, so this takes a second copy, with its memory.
/// `LoneCopy` decides when it is made and released.
final class WideRecognizer: Sendable {
    private typealias Copy = LoneCopy<RecognizerSettings, any WaveformRecognizer>

    private let copy = Mutex(Copy())
    private let load: @Sendable (RecognizerSettings) throws(RecognitionError) -> any WaveformRecognizer

    init(load: @escaping @Sendable (RecognizerSettings) throws(RecognitionError) -> any WaveformRecognizer) {
        self.load = load
    }

    /// The recognizer for a language and a task; `nil` if it is not loaded. The call may start loading it in the
    /// background.
    func recognizer(for settings: RecognizerSettings) -> (any WaveformRecognizer)? {
        switch copy.withLock({ $0.ask(for: settings, at: .now) }) {
        case .use(let recognizer): return recognizer
        case .none: return nil
        case .make(let old):
            // Uses normal priority, which ONNX Runtime's threads inherit. If the thread cannot be started, no copy is
            // ever made.
            _ = SystemThread.start { [self] in
                withExtendedLifetime(old) {}
                make(settings)
            }
            return nil
        }
    }

    /// Loads the copy, and decodes a short near-silent signal so that the first segment needs no initialisation. If
    /// that fails, it is not tried again.
    private func make(_ settings: RecognizerSettings) {
        let sound = [Float](repeating: 1e-4, count: OfflineRecognizer.minimumSamples * 4)
        guard let recognizer = try? load(settings),
            (try? recognizer.decode([sound], options: [:], hotwords: [])) != nil
        else { return }
        guard copy.withLock({ $0.finish(recognizer, for: settings, at: .now) }) else { return }
        Task { [self] in
            while true {
                switch copy.withLock({ $0.look(at: .now) }) {
                case .later(let pause): try await Task.sleep(for: pause)
                case .gone(let old):
                    // Releasing a model takes a while, so do not block the task.
                    DispatchQueue.global().async { withExtendedLifetime(old) {} }
                    return
                }
            }
        }
    }
}

/// Decides when the second copy of a model is made, for which settings, and when it is released.
struct LoneCopy<Key: Equatable, Copy> {
    enum Answer {
        case use(Copy)
        case none
        /// Make a copy, and release the old one, if any.
        case make(insteadOf: Copy?)
    }

    enum Look {
        case later(Duration)
        /// There is no copy any more; release this one, if any.
        case gone(Copy?)
    }

    /// How long an unused copy is kept: longer than a user pauses between two dictations.
    static var keepAlive: Duration { .seconds(600) }
    /// How long a copy is kept at least, even if other settings are requested: making one takes seconds.
    static var leastStay: Duration { .seconds(60) }

    private var wanted: Key?
    private var copy: (key: Key, copy: Copy)?
    private var isBeingMade = false
    private var made: ContinuousClock.Instant?
    private var lastUse: ContinuousClock.Instant?
    /// Whether a task checks for unused copies.
    private(set) var isWatched = false

    /// Requests a copy. One is made for settings that are requested twice in a row.
    mutating func ask(for key: Key, at now: ContinuousClock.Instant) -> Answer {
        let isWantedAgain = wanted == key
        wanted = key
        if let copy, copy.key == key {
            lastUse = now
            return .use(copy.copy)
        }
        let mayGo = copy == nil || made.map { now - $0 >= Self.leastStay } ?? true
        guard isWantedAgain, !isBeingMade, mayGo else { return .none }
        let old = copy?.copy
        (isBeingMade, copy) = (true, nil)
        return .make(insteadOf: old)
    }

    mutating func finish(_ made: Copy, for key: Key, at now: ContinuousClock.Instant) -> Bool {
        (copy, isBeingMade, self.made, lastUse) = ((key, made), false, now, now)
        let begins = !isWatched
        isWatched = true
        return begins
    }

    mutating func look(at now: ContinuousClock.Instant) -> Look {
        guard !isBeingMade else { return .later(Self.keepAlive) }
        let left = Self.keepAlive - (lastUse.map { now - $0 } ?? Self.keepAlive)
        guard copy == nil || left <= .zero else { return .later(left) }
        let old = copy?.copy
        (copy, isWatched) = (nil, false)
        return .gone(old)
    }
}
