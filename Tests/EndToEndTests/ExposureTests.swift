import Foundation
import TestSupport
import Testing

/// Servers that listen on other addresses than loopback, in an isolated network.
@Suite(.serialized) struct ExposureTests {
    private func log(of host: String, _ arguments: [String]) async throws -> String {
        let folder = try ServerFolder()
        let command = [
            "--user", "--map-root-user", "--net", ServerProcess.path(of: "asr2clip-serve"), "--host", host, "--port",
            "0",
            "--config", try folder.write(TestRegistry([.paraformer])),
        ]
        return try await withProcess(
            "/usr/bin/unshare", command + arguments, environment: folder.environment
        ) { process in
            _ = try await process.output(after: "asr2clip is listening on http://")
            process.signal(SIGTERM)
            #expect(try await process.exit() == .exited(0))
            return process.standardError
        }
    }

    @Test(arguments: ["0.0.0.0", "::"]) func withoutKeysAWarningIsLogged(host: String) async throws {
        let log = try await log(of: host, [])
        let warning = try #require(log.split(separator: "\n").first { $0.contains("warning") })
        for part in ["over the network", host, "--api-key", "--api-key-file", "--host"] {
            #expect(warning.contains(part), "\(warning)")
        }
    }

    @Test func withKeysNoWarningIsLogged() async throws {
        #expect(!(try await log(of: "0.0.0.0", ["--api-key", "sesame"])).contains("over the network"))
    }
}
