import Concurrency
import Dispatch
import Essentials
import Synchronization
import SystemPackage

/// Writes a log on a thread of its own, so that a slow reader of the log blocks nothing.
///
/// The lines are queued. If the queue is full because the log is not read, further lines are dropped and counted until
/// half of the queue is free again; then the log says how many were dropped.
final class LogWriter: Sendable {
    private let queue: LogQueue
    /// Whether the thread exists. If it could not be created, each line is written by the thread that logs it.
    private let hasThread: Bool
    private let descriptor: FileDescriptor

    /// Starts writing.
    ///
    /// - Parameters:
    ///   - descriptor: The file descriptor to write to.
    ///   - capacity: The size of the queue in bytes.
    ///   - notice: Returns the line that says how many lines were lost.
    ///   - onLoss: Called with the number of newly lost lines.
    init(
        to descriptor: FileDescriptor = .standardError, capacity: Int = 1 << 20,
        notice: @escaping @Sendable (Int) -> String, onLoss: @escaping @Sendable (Int) -> Void
    ) {
        self.descriptor = descriptor
        queue = LogQueue(capacity: capacity, notice: notice, onLoss: onLoss)
        hasThread = SystemThread.start { [queue] in
            while let lines = queue.next() {
                if (try? descriptor.writeWhole(lines.map(\.text).joined())) == nil { queue.lose(lines) }
            }
        }
    }

    deinit {
        queue.end()
    }

    /// Adds a line, including its end. Never blocks.
    func write(_ line: String) {
        if hasThread { queue.add(line) } else { try? descriptor.writeWhole(line) }
    }

    /// Waits until all lines are written, with a short timeout.
    ///
    /// - Returns: Whether all lines are written.
    @discardableResult
    func flush(within limit: Duration = .seconds(1)) -> Bool {
        let isDone = DispatchSemaphore(value: 0)
        queue.whenEmpty { isDone.signal() }
        return isDone.wait(timeout: .now() + limit / .seconds(1)) == .success
    }
}

/// The queue of lines for the writing thread.
private final class LogQueue: Sendable {
    struct Line {
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
        var hasEnded = false
        var onEmpty: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let notice: @Sendable (Int) -> String
    private let onLoss: @Sendable (Int) -> Void

    init(capacity: Int, notice: @escaping @Sendable (Int) -> String, onLoss: @escaping @Sendable (Int) -> Void) {
        self.capacity = capacity
        self.notice = notice
        self.onLoss = onLoss
    }

    func add(_ text: String) {
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
        if isTaken { news.signal() } else { onLoss(1) }
    }

    /// Waits for lines to write. The lines of the last call count as done: written or lost.
    ///
    /// - Returns: `nil` at the end.
    func next() -> [Line]? {
        while true {
            let (lines, hasEnded) = state.withLock { state in
                state.bytes -= exchange(&state.bytesInHand, with: 0)
                if state.isFull, state.bytes <= capacity / 2 {
                    state.isFull = false
                    addNotice(to: &state)
                }
                let lines = exchange(&state.waiting, with: [])
                state.bytesInHand = state.bytes
                if lines.isEmpty { for action in exchange(&state.onEmpty, with: []) { action() } }
                return (lines, state.hasEnded)
            }
            if !lines.isEmpty { return lines }
            if hasEnded { return nil }
            news.wait()
        }
    }

    /// Counts lines that could not be written.
    func lose(_ lines: [Line]) {
        state.withLock { $0.lost += lines.reduce(0) { $0 + $1.count } }
        onLoss(lines.count { !$0.isNotice })
    }

    /// Runs an action when all lines added so far are written.
    func whenEmpty(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onEmpty.append(action) }
        news.signal()
    }

    /// Lets the thread end when all lines are written.
    func end() {
        state.withLock { $0.hasEnded = true }
        news.signal()
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
