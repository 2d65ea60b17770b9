import Foundation
public import Subprocess

/// One of our executables, run as a server on a free port of this machine, in a folder of its own.
public struct ServerProcess: Sendable {
    /// What is run, and how.
    public struct Setup: Sendable {
        /// The registry; `nil` leaves the server to its default one.
        public var registry: TestRegistry?
        /// Arguments beside `--port 0` and `--config`.
        public var arguments: [String]
        /// Variables beside those that keep the server in its folder.
        public var environment: [String: String]
        /// `asr2clip-serve`, or `asr2clip` which then wants `--serve`.
        public var executable: String
        /// A command that runs the one which is appended to it, in surroundings of its making, as the same process.
        public var launcher: [String] = []

        /// Describes a server.
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

    /// The engines it runs now.
    public var engines: [Int32] { ProcessTable.children(of: process.pid) }

    /// Asks it to stop, and waits.
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

    /// The path of a built executable: it is beside the tests. `asr2clip-serve` is a link, which is made here as `make` does.
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

/// Where a server under test keeps what it keeps: nothing of the user's is touched.
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

    /// The variables that say so.
    public var environment: [String: String] {
        ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "XDG_DATA_HOME": data, "TMPDIR": temporary]
    }

    /// The uploads on disk now.
    public var uploads: [String] { runs.flatMap { contents("\($0)/uploads") } }

    /// The folders of servers that run, or were killed.
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

/// Lends a server that listens, in a folder of its own unless one is given that is to outlast it.
///
/// It is killed when the body ends, if it still runs.
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
