import Foundation
public import Subprocess

/// One of our executables, run as a server on a free port of this machine, in a folder of its own.
public struct ServerProcess: Sendable {
    /// The program to run, and its configuration.
    public struct Setup: Sendable {
        /// The registry; `nil` for the server's default.
        public var registry: TestRegistry?
        /// Arguments in addition to `--port 0` and `--config`.
        public var arguments: [String]
        /// Variables in addition to those that set the server's folder.
        public var environment: [String: String]
        /// `asr2clip-serve`, or `asr2clip`, which then needs `--serve`.
        public var executable: String
        /// A command that sets up an environment and then executes the command appended to it, in the same process.
        public var launcher: [String] = []

        /// Creates a setup.
        public init(
            _ registry: TestRegistry?, _ arguments: [String] = [], environment: [String: String] = [:],
            executable: String = "asr2clip-serve"
        ) {
            self.registry = registry
            self.arguments = arguments
            self.environment = environment
            self.executable = executable
        }
    }

    /// The process itself.
    public let process: RunningProcess
    /// The port it listens on.
    public let port: Int
    /// Its folder: data, home and temporary files.
    public let folder: ServerFolder

    /// Its address.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// The process ids of its running engines.
    public var engines: [Int32] { ProcessTable.children(of: process.pid) }

    /// Sends a signal and waits for the end.
    public func stop(by signal: Int32) async throws -> TerminationStatus {
        process.signal(signal)
        return try await process.exit()
    }

    /// The server that the suite of this test shares.
    ///
    /// - Throws: `NeverHappened` if the suite has none.
    public static func shared() throws -> ServerProcess {
        guard let current else { throw NeverHappened("The suite has no trait .server(…)") }
        return current
    }

    @TaskLocal static var current: ServerProcess?

    /// The path of a built executable, in the folder of the tests. `asr2clip-serve` is a link, which is created as by
    /// `make`.
    public static func path(of executable: String) -> String {
        #if os(macOS)
            let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        #else
            let tests = Bundle.main.executableURL
        #endif
        let path = tests?.deletingLastPathComponent().appending(path: executable).path ?? executable
        if executable == "asr2clip-serve" { link(path, to: "asr2clip") }
        return path
    }

    private static func link(_ path: String, to target: String) {
        let files = FileManager.default
        guard (try? files.destinationOfSymbolicLink(atPath: path)) != target else { return }
        let new = "\(path).\(UUID())"
        try? files.createSymbolicLink(atPath: new, withDestinationPath: target)
        rename(new, path)
    }
}

/// The folder of a server under test, so that no files of the user are touched.
public struct ServerFolder: Sendable {
    private let folder: TemporaryFolder

    /// Makes an empty folder.
    public init() throws {
        folder = try TemporaryFolder()
        for path in [home, temporary] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
    }

    /// The folder itself.
    public var path: String { folder.path }
    /// `HOME`.
    public var home: String { folder.file("home") }
    /// `XDG_DATA_HOME`, which need not exist.
    public var data: String { folder.file("data") }
    /// `TMPDIR`.
    public var temporary: String { folder.file("tmp") }

    /// The variables that set these folders.
    public var environment: [String: String] {
        ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "XDG_DATA_HOME": data, "TMPDIR": temporary]
    }

    /// The uploads on disk now.
    public var uploads: [String] { runs.flatMap { contents("\($0)/uploads") } }

    /// The folders of servers that are running, or were killed.
    public var runs: [String] { contents(temporary) }

    private func contents(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map { "\(folder)/\($0)" }
    }

    /// Writes the registry.
    ///
    /// - Returns: Its path.
    public func write(_ registry: TestRegistry) throws -> String {
        try folder.write(Data(registry.yaml.utf8), to: "models.yaml")
    }
}

/// Runs `body` with a listening server, in a folder of its own unless one is given that is to outlast it.
///
/// Kills the server when the body ends, if it is still running.
public func withServer<R: Sendable>(
    _ setup: ServerProcess.Setup, in folder: ServerFolder? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (ServerProcess) async throws -> R
) async throws -> R {
    let folder = try folder ?? ServerFolder()
    var arguments = Array(setup.launcher.dropFirst())
    if !setup.launcher.isEmpty { arguments.append(ServerProcess.path(of: setup.executable)) }
    arguments += setup.arguments + ["--port", "0"]
    if let registry = setup.registry { arguments += ["--config", try folder.write(registry)] }
    return try await withProcess(
        setup.launcher.first ?? ServerProcess.path(of: setup.executable), arguments,
        environment: folder.environment.merging(setup.environment) { $1 }
    ) { process in
        let port = try await process.output(after: "asr2clip is listening on http://127.0.0.1:")
        return try await body(ServerProcess(process: process, port: Int(port) ?? 0, folder: folder))
    }
}
