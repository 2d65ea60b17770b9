import ArgumentParser
import Dictation
import Essentials

/// Sets up the screen, signals and keys for work that shows progress and can be stopped.
struct Session {
    let screen: DictationScreen
    let control: DictationControl
    /// Whether Enter stops listening.
    var endsOnEnter = true
    /// The message if the work is cancelled.
    var farewell: String?

    /// The status that a shell reports for a program ended by Ctrl-C: 128 plus the signal's number.
    static let interrupted = ExitCode(128 + SIGINT)
    /// The same for a program that wrote to a closed pipe.
    static let brokenPipe = ExitCode(128 + SIGPIPE)

    /// Does a session's work.
    ///
    /// - Parameter work: Returns the outcome; failures have been reported by then.
    /// - Throws: `ExitCode` after everything has been reported; see `SessionOutcome.exitCode`.
    func run(_ work: @escaping @Sendable () async throws -> SessionOutcome) async throws {
        // Makes a write over the file size limit fail like one to a full disk.
        signal(SIGXFSZ, SIG_IGN)
        let signals = SignalListener(SIGINT, SIGTERM, SIGHUP) { [control] number in
            if number == SIGHUP { control.cancel() } else { control.interrupt() }
        }
        defer { signals.stop() }
        // Needed even if Enter has no effect: typed keys would be echoed into the meter.
        let keys =
            control.isListening ? TerminalKeys { [control, endsOnEnter] in if endsOnEnter { control.stop() } } : nil
        defer { withExtendedLifetime(keys) {} }
        let animation = Task { [screen] in await screen.animate() }
        defer {
            animation.cancel()
            screen.close()
        }
        try await Failure.reported {
            do {
                guard let outcome = try await control.cancellable(work) else {
                    if let farewell { screen.show(.note(farewell)) }
                    throw Self.interrupted
                }
                if let code = outcome.exitCode { throw code }
            } catch let error as DeliveryError where error.isClosedPipe {
                throw Self.brokenPipe
            } catch {
                screen.close()
                throw error
            }
        }
    }
}

extension SessionOutcome {
    /// The exit status; `nil` for 0, which means that there is a text, and it is on the clipboard unless copying is
    /// off.
    ///
    /// 1: something failed. 4: there is a text, but it is not on the clipboard. 3: there is no text.
    var exitCode: ExitCode? {
        if hasFailed { return .failure }
        if lacksCopy { return ExitCode(4) }
        return hasText ? nil : ExitCode(3)
    }
}
