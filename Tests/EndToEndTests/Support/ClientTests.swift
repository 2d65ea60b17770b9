import TestSupport
import Testing

/// Runs a Python file of Tests/Client with a server of its own.
func runClientTests(_ file: String, on setup: ServerProcess.Setup) async throws {
    try await withServer(setup) { server in try await runClientTests(file, against: server) }
}

/// Runs a Python file of Tests/Client, or of another folder of Tests, with a server. It gets these variables as well.
func runClientTests(
    _ file: String, in folder: String = "Client", against server: ServerProcess, environment: [String: String] = [:]
) async throws {
    let result = try await runToEnd(
        Fixtures.path(".deps/venv/bin/python"),
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", Fixtures.path("Tests/\(folder)/\(file)")],
        environment: server.folder.environment.merging([
            "ASR2CLIP_URL": server.url, "ASR2CLIP_PID": "\(server.process.pid)", "PYTHONDONTWRITEBYTECODE": "1",
        ]) { $1 }.merging(environment) { $1 }, within: .seconds(600))
    #expect(result.status == .exited(0), "\(result.output)\(result.error)")
    #expect(try /\d+ passed/.firstMatch(in: result.output) != nil)
}
