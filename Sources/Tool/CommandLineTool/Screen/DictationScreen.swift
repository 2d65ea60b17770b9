import Essentials
import Concurrency
import Dictation
import Dispatch
import Synchronization

/// Shows a session: only texts on standard output; messages on standard error, with an animated status line if that is
/// a terminal. It writes on a thread of its own. A paused terminal (Ctrl-S) or a pipe that is not read blocks neither
/// the callers nor the end of the process.
final class DictationScreen: Sendable {
    private struct State {
        var line: StatusLine
        var isDrawn = false
        /// Whether the terminal shows a text without its line end, which no message may interrupt.
        var hasOpenText = false
        var lastDraw: ContinuousClock.Instant?
    }

    private static let frame = Duration.milliseconds(100)

    private static let patience = DispatchTimeInterval.seconds(2)

    private let queue = DispatchQueue(label: "screen")
    /// Whether a redraw is queued: a second one would show the same.
    private let hasDrawing = Atomic(false)
    private let terminal: ErrorTerminal?
    private let isQuiet: Bool
    private let textIsShown = isatty(STDOUT_FILENO) == 1
    private let state: Mutex<State>

    init(isQuiet: Bool, advice: String = "", environment: [String: String]) {
        self.isQuiet = isQuiet
        terminal = isQuiet ? nil : ErrorTerminal(environment: environment)
        var line = StatusLine()
        line.hasColor = terminal?.hasColor ?? false
        line.advice = advice
        state = Mutex(State(line: line))
    }

    @Sendable func show(_ event: DictationEvent) {
        switch event {
        case .level, .archive: draw { $0.line.receive(event, at: .now) }
        default: queue.async { [self] in showNow(event) }
        }
    }

    private func showNow(_ event: DictationEvent) {
        state.withLock { state in
            state.line.receive(event, at: .now)
            switch event {
            case .started(let device): say("Listening to '\(device)'.", &state)
            case .note(let words): say(words, &state)
            case .step(let words): if terminal == nil { say(words, &state) }
            case .warning(let words): say(words, &state, isWarning: true)
            case .progress(.notice(let words)): say(words, &state)
            case .progress(.retrying(let error, let pause)):
                say("\(error) Trying again in \(HumanFormat.time(pause)).", &state)
            case .listened, .transcribed: draw(&state, isForced: true)
            case .level, .live, .length, .transcribing, .progress, .archive: draw(&state)
            }
        }
    }

    /// Queues a change and a redraw. If a redraw is already queued, the new change is dropped.
    private func draw(_ change: @escaping @Sendable (inout State) -> Void = { _ in }) {
        guard !hasDrawing.exchange(true, ordering: .relaxed) else { return }
        queue.async { [self] in
            hasDrawing.store(false, ordering: .relaxed)
            state.withLock { state in
                change(&state)
                draw(&state)
            }
        }
    }

    func animate() async {
        guard terminal != nil else { return }
        while (try? await Task.sleep(for: Self.frame)) != nil { draw() }
    }

    /// Writes text to standard output unchanged, and waits until it is written.
    @Sendable func write(_ text: String) async throws {
        try await abandonable(on: queue) { [self] in
            try state.withLock { state in
                erase(&state)
                try StandardOutput.send(text)
                if !text.isEmpty { state.hasOpenText = textIsShown && !text.hasSuffix("\n") }
            }
        }
    }

    /// Waits until all output is written, with a timeout, and removes the status line for good.
    func close() {
        let isDone = DispatchSemaphore(value: 0)
        queue.async { [self] in
            state.withLock { erase(&$0) }
            isDone.signal()
        }
        _ = isDone.wait(timeout: .now() + Self.patience)
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
