import Concurrency
import Dispatch
import Essentials
import Synchronization
import SystemPackage

/// Writes a log on a thread of its own, so that a slow reader of the log blocks nothing. The lines are queued. If the
/// queue is full because the log is not read, further lines are dropped and counted until half of the queue is free
/// again; then the log says how many were dropped.
final class LogWriter: Sendable {
    private struct Line {
        let text: String
        /// The number of lines that are lost if this one cannot be written: itself, or those that a notice counts.
        var count = 1
        var isNotice = false
    }

    private struct State {
        var waiting: [Line] = []
        /// The size of the queued lines and of those being written.
        var bytes = 0
        var bytesInHand = 0
        var isFull = false
        /// The number of lines lost since the last notice.
        var lost = 0
        var onEmpty: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    /// Whether the thread exists. If it could not be created, each line is written by the thread that logs it.
    private let hasThread = Atomic(false)
    private let descriptor: FileDescriptor
    private let capacity: Int
    private let notice: @Sendable (Int) -> String
    private let onLoss: @Sendable (Int) -> Void

    /// `capacity` is in bytes. `notice` makes the line that says how many lines were lost; `onLoss` gets the number of
    /// newly lost lines.
    init(
        to descriptor: FileDescriptor = .standardError, capacity: Int = 1 << 20,
        notice: @escaping @Sendable (Int) -> String, onLoss: @escaping @Sendable (Int) -> Void
    ) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.notice = notice
        self.onLoss = onLoss
        let isStarted = SystemThread.start { [self] in
            while true {
                let lines = next()
                if (try? descriptor.writeWhole(lines.map(\.text).joined())) == nil { lose(lines) }
            }
        }
        hasThread.store(isStarted, ordering: .relaxed)
    }

    /// Adds a line, including its end. Never blocks.
    func write(_ text: String) {
        guard hasThread.load(ordering: .relaxed) else {
            try? descriptor.writeWhole(text)
            return
        }
        let isTaken = state.withLock { state in
            if state.bytes + text.utf8.count > capacity { state.isFull = true }
            guard !state.isFull else {
                state.lost += 1
                return false
            }
            addNotice(to: &state)
            add(Line(text: text), to: &state)
            return true
        }
        if isTaken { arrivals.signal() } else { onLoss(1) }
    }

    /// Waits until all lines are written, with a short timeout; returns whether they are.
    @discardableResult
    func flush(within limit: Duration = .seconds(1)) -> Bool {
        let isDone = DispatchSemaphore(value: 0)
        state.withLock { $0.onEmpty.append { isDone.signal() } }
        arrivals.signal()
        return isDone.wait(timeout: .now() + limit / .seconds(1)) == .success
    }

    /// Waits for lines to write. The lines of the last call count as done: written or lost.
    private func next() -> [Line] {
        while true {
            let lines = state.withLock { state in
                state.bytes -= exchange(&state.bytesInHand, with: 0)
                if state.isFull, state.bytes <= capacity / 2 {
                    state.isFull = false
                    addNotice(to: &state)
                }
                let lines = exchange(&state.waiting, with: [])
                state.bytesInHand = state.bytes
                if lines.isEmpty { for action in exchange(&state.onEmpty, with: []) { action() } }
                return lines
            }
            if !lines.isEmpty { return lines }
            arrivals.wait()
        }
    }

    private func lose(_ lines: [Line]) {
        state.withLock { $0.lost += lines.reduce(0) { $0 + $1.count } }
        onLoss(lines.count { !$0.isNotice })
    }

    private func addNotice(to state: inout State) {
        guard state.lost > 0 else { return }
        add(Line(text: notice(state.lost), count: state.lost, isNotice: true), to: &state)
        state.lost = 0
    }

    private func add(_ line: Line, to state: inout State) {
        state.waiting.append(line)
        state.bytes += line.text.utf8.count
    }
}
