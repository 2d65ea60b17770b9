import Essentials
import Concurrency
public import EngineLink
public import Logging
import Subprocess
import Synchronization
import SystemPackage

/// The program `asr2clip-engine`, run as a process.
public struct EngineProcess: EngineProgram {
    /// Which file it is.
    private let executable: EngineExecutable
    private let loadTimeout: Duration?

    /// Describes how the program is run.
    ///
    /// - Parameters:
    ///   - executable: Which file it is.
    ///   - loadTimeout: How long it may take to load, from its start or from when it last told that it has read on; `nil`
    ///     for an engine that loads nothing.
    public init(_ executable: EngineExecutable, loadTimeout: Duration? = nil) {
        self.executable = executable
        self.loadTimeout = loadTimeout
    }

    /// What engines say that get no thread: jemalloc, SwiftNIO, ONNX Runtime, the C library.
    private static let threadComplaints = [
        "thread creation failed", "Unable to create thread", "pthread_create", "Resource temporarily unavailable",
        ThreadRoom.complaint,
    ]

    private static let environment = Environment.inherit.updating(
        EngineEnvironment.changes(to: ProcessInfo.processInfo.environment.keys))

    /// Runs an engine until it ends; cancelling the task kills it, and so does a load that takes longer than it may.
    public func run(
        _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
        notice: @escaping @Sendable (EngineNotice) async -> Void
    ) async -> EngineEnd {
        if let fault = await elsewhere({ [executable] in executable.fault }) {
            await notice(.failed(fault))
            return EngineEnd(status: "could not be started", lastWords: fault)
        }
        guard let frame = try? Frame(message: order), frame.content.readableBytes <= EngineOrder.mostBytes else {
            let fault =
                "The order to the engine is longer than \(EngineOrder.mostBytes) bytes. Shorten the options or the paths of "
                + "the model."
            await notice(.failed(fault))
            return EngineEnd(status: "could not be started", lastWords: fault)
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
                // An engine that has ended already is told of by its status. Descriptors may be passed behind the order.
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
                        // It keeps this open for as long as it lives.
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

    /// Whether there is room for the files that starting a process takes for a moment: pipes, and what watches it.
    /// Subprocess 1.0.2 ends our own process where it finds none left in the middle of that.
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

    /// Takes lines until the end of the output; a failure to read ends them too.
    ///
    /// - Returns: `false` if there was no end to them.
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

/// What an engine says of itself, as it comes.
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

    /// Whether the engine is of our version, as far as it has said so.
    var knowsVersion: Bool { state.withLock { $0.knowsVersion } }

    /// Takes a line of its standard output.
    ///
    /// - Returns: Whether the engine may go on.
    func take(_ line: String) async -> Bool {
        guard let heard = try? JSONDecoder().decode(EngineNotice.self, from: Data(line.utf8)) else { return true }
        switch heard.printable {
        case .version(Version.text):
            state.withLock { $0.knowsVersion = true }
        case .version(let other):
            state.withLock { $0.knowsVersion = true }
            await notice(
                .failed(
                    "\(EngineExecutable.name) is version \(other), and asr2clip is \(Version.text). Install asr2clip again, "
                        + "with all its programs."))
            return false
        case .warning(let text):
            guard state.withLock({ $0.warnings.take(at: .now) }) != nil else { return true }
            logger.warning("\(text)")
        case .loading:
            state.withLock { $0.lastProgress = .now }
        case .ready:
            guard knowsVersion else { return true }
            end()
            await notice(.ready)
        case .failed(let reason):
            guard knowsVersion else { return true }
            end()
            await notice(.failed(reason))
            return false
        }
        return true
    }

    /// It loads no longer.
    func end() {
        state.withLock { $0.hasLoaded = true }
        loaded.resolve(.success(()))
    }

    /// Waits until it has loaded, or has not told of progress for so long.
    ///
    /// - Returns: Whether it has not.
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
