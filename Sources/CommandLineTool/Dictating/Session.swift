import ArgumentParser
import Dictation
import Foundation

/// The frame of everything that shows itself and can be stopped: screen, signals, keys.
struct Session {
    let screen: DictationScreen
    let control: DictationControl
    /// What to say of work that was cancelled.
    var farewell: String?

    /// What a shell reports of a program that Ctrl-C ended: 128 and the signal's number.
    static let interrupted = ExitCode(128 + SIGINT)

    /// Does a session's work.
    ///
    /// - Parameter work: Returns whether all went well; what did not has been told by then.
    /// - Throws: `ExitCode` after all has been told: 1 for failures, 130 if it was cancelled.
    func run(_ work: @escaping @Sendable () async throws -> Bool) async throws {
        let signals = SignalListener(SIGINT, SIGTERM, SIGHUP) { [control] number in
            if number == SIGHUP { control.cancel() } else { control.interrupt() }
        }
        defer { signals.stop() }
        let keys = control.isListening ? TerminalKeys { [control] in control.stop() } : nil
        defer { withExtendedLifetime(keys) {} }
        let animation = Task { [screen] in await screen.animate() }
        defer {
            animation.cancel()
            screen.close()
        }
        try await Failure.reported {
            do {
                guard let isComplete = try await control.cancellable(work) else {
                    if let farewell { screen.show(.note(farewell)) }
                    throw Self.interrupted
                }
                if !isComplete { throw ExitCode.failure }
            } catch {
                screen.close()
                throw error
            }
        }
    }
}
