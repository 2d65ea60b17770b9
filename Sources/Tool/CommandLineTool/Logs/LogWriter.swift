import Concurrency
import Dispatch
import Essentials
import Synchronization
import SystemPackage

/// Writes a log on a thread of its own, so that nothing waits for the reader of the log.
///
/// The lines wait in a queue. If nobody reads them and the queue is full, further lines are dropped and counted, until
/// half of the queue is free again; then the log says how many there were.
final class LogWriter: Sendable {
    private let queue: LogQueue
    /// Whether there is a thread. Where the system had none for us, each line is written by the thread that logs it.
    private let hasThread: Bool
    private let descriptor: FileDescriptor

    /// Begins to write.
    ///
    /// - Parameters:
    ///   - descriptor: Where to.
    ///   - capacity: The most bytes that may wait.
    ///   - notice: Makes the line that tells how many lines were lost.
    ///   - onLoss: Told how many lines are lost now.
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

    /// Adds a line, its end included. It never waits.
    func write(_ line: String) {
        if hasThread { queue.add(line) } else { try? descriptor.writeWhole(line) }
    }

    /// Waits until all lines are written, but not for long.
    ///
    /// - Returns: Whether they are.
    @discardableResult
    func flush(within limit: Duration = .seconds(1)) -> Bool {
        let isDone = DispatchSemaphore(value: 0)
        queue.whenEmpty { isDone.signal() }
        return isDone.wait(timeout: .now() + limit / .seconds(1)) == .success
    }
}

/// The lines that wait to be written, by one thread.
private final class LogQueue: Sendable {
    struct Line {
        let text: String
        /// How many lines are lost if this cannot be written: itself, or those that it tells of.
        var count = 1
        var isNotice = false
    }

    private struct State {
        var waiting: [Line] = []
        /// Those that wait, and those that are being written.
        var bytes = 0
        var bytesInHand = 0
        var isFull = false
        /// The lines that were lost since the log last said so.
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

    /// Waits for lines to write; those before have been written, or lost.
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

    /// Does something once all lines that have been added are written.
    func whenEmpty(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onEmpty.append(action) }
        news.signal()
    }

    /// Lets the thread end when all is written.
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
