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
    }

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
                        for await line in Self.lines(of: execution.standardError) {
                            if line.hasPrefix(Self.warningMark) {
                                logger.warning("\(line.dropFirst(Self.warningMark.count))")
                            } else {
                                logger.info("\(line)")
                                words.add(line)
                            }
                        }
                    }
                    group.addTask {
                        for await line in Self.lines(of: execution.standardOutput) {
                            guard let greeting = try? JSONDecoder().decode(Greeting.self, from: Data(line.utf8))
                            else { continue }
                            hasLoaded.resolve(.success(()))
                            await report(greeting)
                        }
                        hasLoaded.resolve(.success(()))
                    }
                    group.addTask {
                        guard (try? await hasLoaded.value(within: loadTimeout)) == nil, !Task.isCancelled else {
                            return
                        }
                        words.add("Its model was not loaded within \(loadTimeout.inWords) (--load-timeout).")
                        try? execution.send(signal: .kill)
                    }
                }
            }
            return End(status: result.terminationStatus.inWords, lastWords: words.text)
        } catch {
            return End(status: "could not be started: \(error)", lastWords: words.text)
        }
    }

    /// Lines until the end of the output; a failure to read ends them too.
    private static func lines(of output: SubprocessOutputSequence) -> AsyncStream<String> {
        let lines = output.strings(bufferingPolicy: .unbounded)
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
        let reading = Task {
            do {
                for try await line in lines where !line.isEmpty { continuation.yield(line) }
            } catch {
                continuation.yield("(its output could not be read further: \(error))")
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in reading.cancel() }
        return stream
    }
}

extension Duration {
    /// In seconds, without decimals that say nothing: `300 s`, `0.5 s`.
    fileprivate var inWords: String {
        let seconds = self / .seconds(1)
        return Int(exactly: seconds).map { "\($0) s" } ?? "\(seconds) s"
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
