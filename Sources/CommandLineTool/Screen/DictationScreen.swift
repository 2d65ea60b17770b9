import Dictation
import Foundation
import Synchronization

/// Shows a session: texts on standard output and nothing else there; all talk on standard error, with a line that moves
/// if that is a terminal.
final class DictationScreen: Sendable {
    private struct State {
        var line: StatusLine
        /// Whether the moving line is on the terminal.
        var isDrawn = false
        /// Whether a text without its line end is on the terminal, which nothing must be written into.
        var hasOpenText = false
        var lastDraw: ContinuousClock.Instant?
    }

    /// No eye follows faster.
    private static let frame = Duration.milliseconds(100)

    private let terminal: ErrorTerminal?
    private let isQuiet: Bool
    private let textIsShown = isatty(STDOUT_FILENO) == 1
    private let state: Mutex<State>

    /// Looks what standard error and standard output are.
    ///
    /// - Parameters:
    ///   - isQuiet: Whether to show texts, warnings and errors only.
    ///   - advice: How to stop, beside the meter.
    ///   - environment: The process's environment.
    init(isQuiet: Bool, advice: String = "", environment: [String: String]) {
        self.isQuiet = isQuiet
        terminal = isQuiet ? nil : ErrorTerminal(environment: environment)
        var line = StatusLine()
        line.hasColor = terminal?.hasColor ?? false
        line.advice = advice
        state = Mutex(State(line: line))
    }

    /// Takes what happens.
    @Sendable func show(_ event: DictationEvent) {
        state.withLock { state in
            state.line.receive(event, at: .now)
            switch event {
            case .started(let device): say("Listening to '\(device)'.", &state)
            case .note(let words): say(words, &state)
            case .warning(let words): say(words, &state, isWarning: true)
            case .progress(.retrying(let error, let pause)):
                say("\(error) Trying again in \(Int(pause / .seconds(1)) + 1) s.", &state)
            case .listened, .transcribed: draw(&state, isForced: true)
            case .level, .transcribing, .progress: draw(&state)
            }
        }
    }

    /// Moves what moves, until the task is cancelled.
    func animate() async {
        guard terminal != nil else { return }
        while (try? await Task.sleep(for: Self.frame)) != nil { state.withLock { draw(&$0) } }
    }

    /// Writes text to standard output, exactly as it is.
    ///
    /// - Throws: `Failure`.
    @Sendable func write(_ text: String) throws {
        try state.withLock { state in
            erase(&state)
            try StandardOutput.write(text)
            if !text.isEmpty { state.hasOpenText = textIsShown && !text.hasSuffix("\n") }
        }
    }

    /// Takes the moving line away, for good.
    func close() {
        state.withLock { erase(&$0) }
    }

    private func say(_ words: String, _ state: inout State, isWarning: Bool = false) {
        guard isWarning || !isQuiet else { return }
        erase(&state)
        let start = state.hasOpenText ? "\n" : ""
        state.hasOpenText = false
        StandardError.write("\(start)asr2clip: \(words)\n")
    }

    private func draw(_ state: inout State, isForced: Bool = false) {
        guard let terminal, !state.hasOpenText else { return }
        let now = ContinuousClock.now
        if !isForced, let last = state.lastDraw, last.duration(to: now) < Self.frame { return }
        state.line.width = terminal.width
        guard let text = state.line.text(at: now) else { return erase(&state) }
        StandardError.write(ErrorTerminal.replacing(text))
        (state.isDrawn, state.lastDraw) = (true, now)
    }

    private func erase(_ state: inout State) {
        if state.isDrawn { StandardError.write(ErrorTerminal.replacing("")) }
        state.isDrawn = false
    }
}
