import Synchronization

/// Live speech of one dictation: a session with the server, and another one if it ends.
package final class LiveSpeech: Sendable {
    private struct State {
        var session: LiveSession?
        var tries = LiveTries()
        var isOver = false
    }

    private let server: LiveServer
    private let printsWords: Bool
    private let report: DictationEvents
    private let state = Mutex(State())
    private let (sessions, queue) = AsyncStream.makeStream(of: LiveSession.self, bufferingPolicy: .unbounded)

    init(_ server: LiveServer, printsWords: Bool, report: @escaping DictationEvents) {
        self.server = server
        self.printsWords = printsWords
        self.report = report
        // Opened before there is sound, so that the first words are heard at once.
        state.withLock { _ = open(&$0) }
    }

    /// Begins to hear a recording, and opens a session if there is none. Returns at once; `nil` if the recording can
    /// only be sent as a file. If it may be cut, the cut is not before `earliestCut`, in samples.
    func begin(earliestCut: Int?) -> LiveItem? {
        state.withLock { state -> LiveItem? in
            if let item = state.session?.begin(earliestCut: earliestCut) { return item }
            if let ended = state.session {
                state.session = nil
                state.tries.note(ended.ending, hasText: ended.hasCompleted, at: .now)
            }
            guard !state.isOver, state.tries.mayOpen(at: .now) else { return nil }
            return open(&state).begin(earliestCut: earliestCut)
        }
    }

    /// Runs the sessions until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await session in sessions {
                group.addTask { [server, report, printsWords] in
                    await session.run(with: server)
                    // Without `--live`, the texts come as they would without live speech.
                    if printsWords, let words = server.warning(about: session.ending) { report(.warning(words)) }
                }
            }
        }
        state.withLock { state in
            state.isOver = true
            state.session?.end(.stopped)
        }
    }

    private func open(_ state: inout State) -> LiveSession {
        let session = LiveSession(policy: server.policy, printsWords: printsWords, report: report)
        state.session = session
        queue.yield(session)
        return session
    }
}

/// Decides whether another live session is tried. Does no I/O.
struct LiveTries {
    /// The sessions in a row that may end without having given a text.
    private static let most = 3
    /// How long to wait after that many.
    private static let pause = Duration.seconds(60)
    private var failures = 0
    private var lastEnd: ContinuousClock.Instant?
    private var isSupported = true

    func mayOpen(at now: ContinuousClock.Instant) -> Bool {
        guard isSupported, failures >= Self.most, let lastEnd else { return isSupported }
        return now >= lastEnd + Self.pause
    }

    /// Counts a session that has ended, or goes on without taking further recordings.
    mutating func note(_ ending: LiveEnding?, hasText: Bool, at now: ContinuousClock.Instant) {
        if case .unsupported = ending { isSupported = false }
        failures = hasText ? 0 : failures + 1
        lastEnd = now
    }
}
