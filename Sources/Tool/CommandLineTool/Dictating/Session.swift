import ArgumentParser
import Dictation
import Essentials

/// The frame of everything that shows itself and can be stopped: screen, signals, keys.
struct Session {
    let screen: DictationScreen
    let control: DictationControl
    /// Whether Enter ends the listening.
    var endsOnEnter = true
    /// What to say of work that was cancelled.
    var farewell: String?

    /// What a shell reports of a program that Ctrl-C ended: 128 and the signal's number.
    static let interrupted = ExitCode(128 + SIGINT)
    /// The same of one that wrote where nobody reads.
    static let brokenPipe = ExitCode(128 + SIGPIPE)

    /// Does a session's work.
    ///
    /// - Parameter work: Returns how it ended; what went wrong has been told by then.
    /// - Throws: `ExitCode` after all has been told; see `SessionOutcome.exitCode`.
    func run(_ work: @escaping @Sendable () async throws -> SessionOutcome) async throws {
        // A limit on the size of files is then an error like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        let signals = SignalListener(SIGINT, SIGTERM, SIGHUP) { [control] number in
            if number == SIGHUP { control.cancel() } else { control.interrupt() }
        }
        defer { signals.stop() }
        // Also where Enter does nothing: what is typed would show up in the middle of the meter.
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
    /// The exit status; `nil` for 0, which means that there is a text, and that it is on the clipboard if it was to be.
    ///
    /// 1: something failed. 4: there is a text, but it is not on the clipboard. 3: there is no text.
    var exitCode: ExitCode? {
        if hasFailed { return .failure }
        if lacksCopy { return ExitCode(4) }
        return hasText ? nil : ExitCode(3)
    }
}
