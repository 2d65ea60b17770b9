import Foundation
public import Subprocess
import Synchronization
import SystemPackage

/// A program that a test runs as a separate process.
public final class RunningProcess: Sendable {
    private struct State {
        var pid: Int32?
        var output = ""
        var error = ""
        var end: Result<TerminationStatus, any Error>?
    }

    private let state = Mutex(State())

    fileprivate init() {}

    /// Its standard output so far.
    public var standardOutput: String { state.withLock { $0.output } }
    /// Its standard error so far.
    public var standardError: String { state.withLock { $0.error } }
    /// Its process id, known once it has started.
    public var pid: Int32 { state.withLock { $0.pid ?? 0 } }
    fileprivate var hasEnded: Bool { state.withLock { $0.end != nil } }

    /// Sends a signal.
    public func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits until it has ended and all of its output has been read.
    public func exit(within limit: Duration = .seconds(120)) async throws -> TerminationStatus {
        try await untilFound("the end of the process", within: limit) { try state.withLock { try $0.end?.get() } }
    }

    /// Waits for a line of standard output that contains this text, and returns the rest of the line.
    ///
    /// - Throws: `NeverHappened`, at once if the process ends without writing it.
    public func output(after text: String) async throws -> String {
        try await untilFound("'\(text)' on standard output") {
            let lines = standardOutput.split(separator: "\n")
            if let rest = lines.lazy.compactMap({ line in line.range(of: text).map { line[$0.upperBound...] } }).first {
                return String(rest)
            }
            guard !hasEnded else {
                throw NeverHappened("It ended and wrote: \(standardOutput)\(standardError)")
            }
            return nil
        }
    }

    fileprivate func run(_ configuration: Configuration) async {
        do {
            let result = try await Subprocess.run(
                configuration, input: .none, output: .sequence, error: .sequence
            ) { execution in
                self.state.withLock { $0.pid = execution.processIdentifier.value }
                await withTaskGroup { group in
                    group.addTask { await self.collect(execution.standardOutput, in: \.output) }
                    group.addTask { await self.collect(execution.standardError, in: \.error) }
                }
            }
            state.withLock { $0.end = .success(result.terminationStatus) }
        } catch {
            state.withLock { $0.end = .failure(error) }
        }
    }

    private func collect(
        _ stream: SubprocessOutputSequence, in text: any WritableKeyPath<State, String> & Sendable
    ) async {
        do {
            for try await line in stream.strings() { state.withLock { $0[keyPath: text] += line + "\n" } }
        } catch {
            state.withLock { $0[keyPath: text] += "(not read further: \(error))\n" }
        }
    }
}

/// Runs `body` with a running program, whose environment has only these variables. Kills the program when the body
/// ends.
public func withProcess<R: Sendable>(
    _ executable: String, _ arguments: [String] = [],
    environment: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin"],
    isolation: isolated (any Actor)? = #isolation, _ body: (RunningProcess) async throws -> R
) async throws -> R {
    let process = RunningProcess()
    let variables = environment.map { (Environment.Key(stringLiteral: $0), $1) }
    let configuration = Configuration(
        executable: .path(FilePath(executable)), arguments: Arguments(arguments),
        environment: .custom(Dictionary(uniqueKeysWithValues: variables)))
    let running = Task { await process.run(configuration) }
    let result: Result<R, any Error>
    do {
        try await eventually("\(executable) starts") { process.pid != 0 || process.hasEnded }
        result = .success(try await body(process))
    } catch {
        result = .failure(error)
    }
    running.cancel()
    await running.value
    return try result.get()
}

/// Runs a program to its end, and returns its status and output.
public func runToEnd(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
    within limit: Duration = .seconds(120)
) async throws -> (status: TerminationStatus, output: String, error: String) {
    try await withProcess(executable, arguments, environment: environment) { process in
        let status = try await process.exit(within: limit)
        return (status, process.standardOutput, process.standardError)
    }
}
