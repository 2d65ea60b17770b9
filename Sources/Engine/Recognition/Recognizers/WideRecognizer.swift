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
    private typealias Copy = LoneCopy<RecognizerSettings, OfflineRecognizer>

    private let copy = Mutex(Copy())
    private let load: @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer

    /// Loads nothing yet.
    ///
    /// - Parameter load: Makes a recognizer with several operator threads; it may block.
    init(load: @escaping @Sendable (RecognizerSettings) throws(RecognitionError) -> OfflineRecognizer) {
        self.load = load
    }

    /// The recognizer for a language and a task, if it is loaded.
    ///
    /// - Returns: `nil` if it is not; the call may start loading it in the background.
    func recognizer(for settings: RecognizerSettings) -> OfflineRecognizer? {
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
        guard let recognizer = try? load(settings),
            (try? recognizer.decode([Float](repeating: 1e-4, count: OfflineRecognizer.minimumSamples * 4))) != nil
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
