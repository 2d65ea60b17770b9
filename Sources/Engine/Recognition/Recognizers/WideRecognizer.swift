import Concurrency
import Dispatch
import ModelFamilies
import SherpaOnnx
import Synchronization

/// A second copy of a model, whose decodes use several operator threads: for a recording that has the machine to itself.
///
/// Lanes of one operator thread make the most of the cores while several decode, but a lone decode leaves all but one idle.
/// ONNX Runtime fixes the threads when a model is loaded; so it takes a copy, and the memory of one. `LoneCopy` says when it
/// is made and let go.
final class WideRecognizer: Sendable {
    private typealias Copy = LoneCopy<RecognizerSettings, OfflineRecognizer>

    private let copy = Mutex(Copy())
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
        switch copy.withLock({ $0.ask(for: settings, at: .now) }) {
        case .use(let recognizer): return recognizer
        case .none: return nil
        case .make(let old):
            // Of usual priority, which ONNX Runtime's threads inherit. Where the system has no thread left, no copy is made
            // any more.
            _ = SystemThread.start { [self] in
                withExtendedLifetime(old) {}
                make(settings)
            }
            return nil
        }
    }

    /// Loads and decodes a moment of quiet, so that the first segment finds all in place. If that fails, it is not tried
    /// again.
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
                    // To give a model back takes its time, which is no task's.
                    DispatchQueue.global().async { withExtendedLifetime(old) {} }
                    return
                }
            }
        }
    }
}
