import BlockingWork
import SherpaOnnx
import Synchronization

/// A second copy of a model, whose decodes use several operator threads: for a segment that has the machine to itself.
///
/// Lanes of one operator thread make most of the cores while several decode, but a lone decode leaves all but one idle.
/// ONNX Runtime fixes the threads when a model is loaded; so it takes a copy, and the memory of one. It is made when the
/// same settings have been wanted twice in a row, on a thread that goes behind all others, and let go when nobody has
/// wanted it for a while.
final class WideRecognizer: Sendable {
    private struct State {
        var wanted: RecognizerSettings?
        var loaded: (settings: RecognizerSettings, recognizer: OfflineRecognizer)?
        var lastUse = ContinuousClock.now
        var isBusy = false

        /// Lets the copy go if it is time.
        ///
        /// - Returns: When to look again; `nil` if there is no copy any more.
        mutating func letGo(after keepAlive: Duration) -> Duration? {
            guard loaded != nil else { return nil }
            let left = keepAlive - (.now - lastUse)
            guard left <= .zero else { return left }
            loaded = nil
            return nil
        }
    }

    /// How long an unused copy stays: longer than somebody who dictates thinks.
    static let keepAlive = Duration.seconds(600)

    private let state = Mutex(State())
    private let keepAlive: Duration
    private let load: @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer

    /// Makes none yet.
    ///
    /// - Parameters:
    ///   - keepAlive: How long an unused copy stays.
    ///   - load: Makes a recognizer with several operator threads; it may block.
    init(
        keepAlive: Duration = keepAlive,
        load: @escaping @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer
    ) {
        self.keepAlive = keepAlive
        self.load = load
    }

    /// Whether there is a copy.
    var isLoaded: Bool { state.withLock { $0.loaded != nil } }

    /// The recognizer for a language and a task, if it is there.
    ///
    /// - Returns: `nil` as long as it is not; asking may be what has it made.
    func recognizer(for settings: RecognizerSettings) -> OfflineRecognizer? {
        let (found, isToBeMade) = state.withLock { state -> (OfflineRecognizer?, Bool) in
            let isWantedAgain = exchange(&state.wanted, with: settings) == settings
            if let loaded = state.loaded, loaded.settings == settings {
                state.lastUse = .now
                return (loaded.recognizer, false)
            }
            guard isWantedAgain, !state.isBusy else { return (nil, false) }
            (state.isBusy, state.loaded) = (true, nil)
            return (nil, true)
        }
        // Where the system has no thread left, it stays busy: nothing is made any more.
        if isToBeMade {
            _ = SystemThread.start { [self] in
                SystemThread.stepBack()
                make(settings)
            }
        }
        return found
    }

    /// Loads and decodes a moment of quiet, so that the first segment finds all in place. If that fails, it is not tried
    /// again.
    private func make(_ settings: RecognizerSettings) {
        guard let recognizer = try? load(settings),
            (try? recognizer.decode([Float](repeating: 1e-4, count: OfflineRecognizer.minimumSamples * 4))) != nil
        else { return }
        state.withLock { state in
            (state.isBusy, state.loaded, state.lastUse) = (false, (settings, recognizer), .now)
        }
        Task { [self] in
            while let pause = state.withLock({ $0.letGo(after: keepAlive) }) { try await Task.sleep(for: pause) }
        }
    }
}
