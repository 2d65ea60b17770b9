import BlockingWork
import SherpaOnnx
import Synchronization

/// A second copy of a model, whose decodes use several operator threads: for a segment that has the machine to itself.
///
/// Lanes of one operator thread make most of the cores while several decode, but a lone decode leaves all but one idle.
/// ONNX Runtime fixes the threads when a model is loaded; so it takes a copy, and the memory of one. It is made when the
/// same settings have been wanted twice in a row, on a thread that goes behind all others.
final class WideRecognizer: Sendable {
    private struct State {
        var wanted: RecognizerSettings?
        var loaded: (settings: RecognizerSettings, recognizer: OfflineRecognizer)?
        var isBusy = false
    }

    private let state = Mutex(State())
    private let load: @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer

    /// Makes none yet.
    ///
    /// - Parameter load: Makes a recognizer with several operator threads; it may block.
    init(load: @escaping @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer) {
        self.load = load
    }

    /// The recognizer for a language and a task, if it is there.
    ///
    /// - Returns: `nil` as long as it is not; asking may be what has it made.
    func recognizer(for settings: RecognizerSettings) -> OfflineRecognizer? {
        let (found, isToBeMade) = state.withLock { state -> (OfflineRecognizer?, Bool) in
            let isWantedAgain = exchange(&state.wanted, with: settings) == settings
            if let loaded = state.loaded, loaded.settings == settings { return (loaded.recognizer, false) }
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
            (state.isBusy, state.loaded) = (false, (settings, recognizer))
        }
    }
}
