import Basics
import Foundation
import Logging
import Subprocess
import SystemPackage

/// One run of an engine process, from its start to its end.
enum EngineProcess {
    /// How a run ended.
    struct End: Sendable {
        /// The exit status or signal in words, such as `signal 9`.
        var status: String
        /// The last lines of its standard error.
        var lastWords: String
        /// Whether it was short of files, threads or processes, which it may have another time.
        var isShortage = false
    }

    /// What engines say that get no thread: jemalloc, SwiftNIO, ONNX Runtime, the C library.
    private static let threadComplaints = [
        "thread creation failed", "Unable to create thread", "pthread_create", "Resource temporarily unavailable",
        EngineCommand.lackOfThreads,
    ]

    /// What a line of an engine's standard error begins with that is a warning, and none of its last words.
    static let warningMark = "warning: "

    private static let environment = Environment.inherit.updating(
        EngineEnvironment.changes(to: ProcessInfo.processInfo.environment.keys))

    /// Runs an engine until it ends; cancelling the task kills it, and so does a load that takes longer than it may.
    ///
    /// Its standard error goes to the log line by line, what it says on standard output to `report`; `began` is told its
    /// process id.
    static func run(
        _ command: EngineCommand, executable: String, loadTimeout: Duration, logger: Logger,
        began: @escaping @Sendable (Int32) async -> Void, report: @escaping @Sendable (Greeting) async -> Void
    ) async -> End {
        guard hasFilesLeft() else {
            return End(status: "could not be started: \(Errno.tooManyOpenFiles)", lastWords: "", isShortage: true)
        }
        let words = LastWords()
        let hasLoaded = Pending<Void>()
        do {
            var platform = PlatformOptions()
            platform.processGroupID = 0
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(try command.arguments()), environment: environment,
                platformOptions: platform, input: .inputWriter, output: .sequence, error: .sequence
            ) { execution in
                logger.debug("Engine started.", metadata: ["pid": "\(execution.processIdentifier)"])
                await began(execution.processIdentifier.value)
                await withTaskGroup { group in
                    group.addTask {
                        var budget = LineBudget()
                        await Self.read(execution.standardError, longestLine: 1 << 12) { line in
                            let isWarning = line.hasPrefix(Self.warningMark)
                            if !isWarning { words.add(line) }
                            guard let omitted = budget.take(at: .now) else { return }
                            if omitted > 0 {
                                logger.warning("Lines of the engine were left out.", metadata: ["lines": "\(omitted)"])
                            }
                            if isWarning {
                                logger.warning("\(line.dropFirst(Self.warningMark.count))")
                            } else {
                                logger.info("\(line)")
                            }
                        }
                    }
                    group.addTask {
                        await Self.read(execution.standardOutput, longestLine: 1 << 16) { line in
                            guard let greeting = try? JSONDecoder().decode(Greeting.self, from: Data(line.utf8))
                            else { return }
                            hasLoaded.resolve(.success(()))
                            await report(greeting)
                        }
                        hasLoaded.resolve(.success(()))
                    }
                    group.addTask {
                        guard (try? await hasLoaded.value(within: loadTimeout)) == nil, !Task.isCancelled else {
                            return
                        }
                        words.add("Its model was not loaded within \(Amounts.time(loadTimeout)) (--load-timeout).")
                        try? execution.send(signal: .kill)
                    }
                }
            }
            let lastWords = words.text
            return End(
                status: result.terminationStatus.inWords, lastWords: lastWords,
                isShortage: threadComplaints.contains { lastWords.contains($0) })
        } catch {
            let cause = (error as? SubprocessError)?.underlyingError as? Errno
            let shortages: [Errno] = [
                .tooManyOpenFiles, .tooManyOpenFilesInSystem, .resourceTemporarilyUnavailable, .noMemory,
            ]
            return End(
                status: "could not be started: \(error)", lastWords: "",
                isShortage: cause.map(shortages.contains) ?? false)
        }
    }

    /// Whether there is room for the files that starting a process takes for a moment: pipes, and what watches it.
    /// Subprocess 1.0.2 ends our own process where it finds none left in the middle of that.
    private static func hasFilesLeft() -> Bool {
        let descriptors = (0..<16).map { _ in fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) }
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
        return descriptors.allSatisfy { $0 >= 0 }
    }

    /// Takes lines until the end of the output; a failure to read ends them too.
    private static func read(
        _ output: SubprocessOutputSequence, longestLine: Int, _ take: (String) async -> Void
    ) async {
        var splitter = LineSplitter(longestLine: longestLine)
        do {
            for try await buffer in output {
                for line in buffer.withUnsafeBytes({ splitter.add($0) }) { await take(line) }
            }
            if let line = splitter.end() { await take(line) }
        } catch {
            await take("(its output could not be read further: \(error))")
        }
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
