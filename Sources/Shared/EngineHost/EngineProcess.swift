import Essentials
import Concurrency
package import EngineLink
package import Logging
import Subprocess
import Synchronization
import SystemPackage

/// Runs the program `asr2clip-engine` as a process.
package struct EngineProcess: EngineProgram {
    private let executable: EngineExecutable
    private let loadTimeout: Duration?

    /// The timeout is how long loading may take, from the start or from the last `loading` notice; `nil` for an engine
    /// that loads nothing.
    package init(_ executable: EngineExecutable, loadTimeout: Duration? = nil) {
        self.executable = executable
        self.loadTimeout = loadTimeout
    }

    /// Messages for a failed thread creation: of jemalloc, SwiftNIO, ONNX Runtime, the C library and ours.
    private static let threadComplaints = [
        "thread creation failed", "Unable to create thread", "pthread_create", "Resource temporarily unavailable",
        ThreadRoom.complaint,
    ]

    private static let environment = Environment.inherit.updating(
        EngineEnvironment.changes(to: ProcessInfo.processInfo.environment.keys))

    /// Runs an engine until it ends. Cancelling the task kills it, and so does a load that exceeds its timeout.
    package func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        func refused(_ reason: String) async -> EngineEnd {
            await notice(.failed(reason))
            return EngineEnd(status: "could not be started", lastWords: reason)
        }
        if let fault = await elsewhere({ [executable] in executable.fault }) { return await refused(fault) }
        guard let frame = try? Frame(message: order), frame.content.readableBytes <= EngineOrder.mostBytes else {
            return await refused(
                "The order to the engine is longer than \(EngineOrder.mostBytes) bytes. Shorten the options or the "
                    + "paths of the model.")
        }
        guard Self.hasFilesLeft() else {
            return EngineEnd(status: "could not be started: \(Errno.tooManyOpenFiles)", isShortage: true)
        }
        let words = StandardErrorTail()
        let hearing = Hearing(notice: notice, logger: logger)
        do {
            let ends = try LinkSocket.pair()
            let socket = LinkSocket(owning: ends.ours)
            var platform = PlatformOptions()
            platform.processGroupID = 0
            let result = try await Subprocess.run(
                .path(FilePath(executable.path)), arguments: Arguments(order.label), environment: Self.environment,
                platformOptions: platform,
                input: .fileDescriptor(FileDescriptor(rawValue: ends.theirs), closeAfterSpawningProcess: true),
                output: .sequence, error: .sequence
            ) { execution in
                logger.debug("Engine started.", metadata: ["pid": "\(execution.processIdentifier)"])
                // If the engine has ended already, its exit status says why. Descriptors may be passed after the order.
                try? socket.send(frame)
                await began(execution.processIdentifier.value, socket)
                await withTaskGroup { group in
                    @Sendable func end(_ reason: String) {
                        words.add(reason)
                        try? execution.send(signal: .kill)
                    }
                    group.addTask {
                        if await !Self.log(execution.standardError, to: logger, words: words) {
                            end("It wrote to its log without end, and was ended.")
                        }
                    }
                    group.addTask {
                        let hasEnd = await Self.read(
                            execution.standardOutput, longestLine: EngineNotice.longestLine
                        ) { line in
                            if await !hearing.take(line) { try? execution.send(signal: .kill) }
                        }
                        if !hasEnd { end("It told us of itself without end, and was ended.") }
                        hearing.end()
                        // The engine keeps its standard output open as long as it runs.
                        try? execution.send(signal: .kill)
                    }
                    group.addTask {
                        guard let loadTimeout, await hearing.isSilent(for: loadTimeout) else { return }
                        end("Its model was not loaded within \(HumanFormat.time(loadTimeout)) (--load-timeout).")
                    }
                }
            }
            if !hearing.knowsVersion, case .exited = result.terminationStatus, words.text.isEmpty {
                await notice(
                    .failed("\(executable.path) is no engine of asr2clip \(Version.text). Install asr2clip again."))
            }
            let lastWords = words.text
            return EngineEnd(
                status: result.terminationStatus.inWords, lastWords: lastWords,
                isShortage: Self.threadComplaints.contains { lastWords.contains($0) })
        } catch {
            let cause = error as? Errno ?? (error as? SubprocessError)?.underlyingError as? Errno
            let shortages: [Errno] = [
                .tooManyOpenFiles, .tooManyOpenFilesInSystem, .resourceTemporarilyUnavailable, .noMemory,
            ]
            return EngineEnd(
                status: "could not be started: \(error)", isShortage: cause.map(shortages.contains) ?? false)
        }
    }

    /// Whether there are enough free descriptors to start a process: for pipes, and for watching the process. If they
    /// run out halfway, Subprocess 1.0.2 crashes our own process.
    private static func hasFilesLeft() -> Bool {
        let descriptors = (0..<16).map { _ in fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) }
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
        return descriptors.allSatisfy { $0 >= 0 }
    }

    private static func log(_ output: SubprocessOutputSequence, to logger: Logger, words: StandardErrorTail) async
        -> Bool
    {
        var budget = LineBudget()
        return await read(output, longestLine: 1 << 12) { line in
            words.add(line)
            guard let omitted = budget.take(at: .now) else { return }
            if omitted > 0 {
                logger.warning("Lines of the engine were left out.", metadata: ["lines": "\(omitted)"])
            }
            logger.info("\(line)")
        }
    }

    /// Reads lines until the end of the output, or a read error; returns `false` if the output exceeded its budget.
    private static func read(
        _ output: SubprocessOutputSequence, longestLine: Int, _ take: (String) async -> Void
    ) async -> Bool {
        var budget = OutputBudget()
        var splitter = LineSplitter(longestLine: longestLine)
        do {
            for try await buffer in output {
                let lines = buffer.withUnsafeBytes { splitter.add($0) }
                guard budget.take(buffer.count, lines: lines.count, at: .now) else { return false }
                for line in lines { await take(line) }
            }
            if let line = splitter.end() { await take(line) }
        } catch {
            await take("(its output could not be read further: \(error))")
        }
        return true
    }
}

private final class Hearing: Sendable {
    private struct State {
        var knowsVersion = false
        var hasLoaded = false
        var lastProgress = ContinuousClock.now
        var warnings = LineBudget()
    }

    private let state = Mutex(State())
    private let loaded = OneShot<Void>()
    private let notice: @Sendable (EngineNotice) async -> Void
    private let logger: Logger

    init(notice: @escaping @Sendable (EngineNotice) async -> Void, logger: Logger) {
        self.notice = notice
        self.logger = logger
    }

    var knowsVersion: Bool { state.withLock { $0.knowsVersion } }

    /// Handles a line of standard output; returns whether the engine may continue.
    func take(_ line: String) async -> Bool {
        let decoded = try? JSONDecoder().decode(EngineNotice.self, from: Data(line.utf8))
        guard let heard = decoded?.printable else { return true }
        switch heard {
        case .version(let version):
            state.withLock { $0.knowsVersion = true }
            guard version != Version.text else { return true }
            await notice(
                .failed(
                    "\(EngineExecutable.name) is version \(version), and asr2clip is \(Version.text). Install asr2clip again, "
                        + "with all its programs."))
            return false
        case .warning(let text):
            guard state.withLock({ $0.warnings.take(at: .now) }) != nil else { return true }
            logger.warning("\(text)")
        case .loading:
            state.withLock { $0.lastProgress = .now }
        case .ready, .failed:
            guard knowsVersion else { return true }
            end()
            await notice(heard)
            return heard == .ready
        }
        return true
    }

    func end() {
        state.withLock { $0.hasLoaded = true }
        loaded.resolve()
    }

    /// Waits until loading has ended; returns `true` if no progress was reported for `limit` before.
    func isSilent(for limit: Duration) async -> Bool {
        while !Task.isCancelled {
            let (hasLoaded, last) = state.withLock { ($0.hasLoaded, $0.lastProgress) }
            if hasLoaded { return false }
            let left = limit - (ContinuousClock.now - last)
            guard left > .zero else { return true }
            _ = try? await loaded.value(within: left)
        }
        return false
    }
}

extension TerminationStatus {
    fileprivate var inWords: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signaled(let code): "signal \(code)"
        }
    }
}
