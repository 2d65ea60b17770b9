import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A server whose log is not read.
@Suite(.serialized)
struct UnreadLogTests {
    /// Runs a server whose standard error is a pipe that only the test reads.
    private func withServer(
        _ arguments: [String] = [], _ body: (APIClient, RunningProcess, Int32) async throws -> Void
    ) async throws {
        let folder = try ServerFolder()
        let pipe = folder.path + "/log"
        guard mkfifo(pipe, 0o600) == 0 else { throw NeverHappened("\(pipe) cannot be made") }
        // Opened for reading and writing, so that neither side waits for the other.
        let reader = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        var setup = ServerProcess.Setup(TestRegistry([.paraformer]), arguments)
        setup.launcher = ["/bin/sh", "-c", #"exec "$@" 2>"$0""#, pipe]
        try await TestSupport.withServer(setup, in: folder) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            try await body(client, server.process, reader)
        }
    }

    private func read(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = Foundation.read(descriptor, &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sends enough requests to overfill the pipe and the queue; long paths make long lines.
    private func askOften(_ client: APIClient) async throws {
        let path = "/" + String(repeating: "x", count: 190)
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    for _ in 0..<250 {
                        let status = try await client.get(path).status
                        #expect(status == 404)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: ["text", "json"])
    func requestsAreAnsweredAndDroppedLinesCounted(format: String) async throws {
        try await withServer(["--log-format", format]) { client, process, reader in
            try await askOften(client)
            #expect(
                try await client.transcribe("en_word_16k.wav", ["model": "paraformer"]).body == #"{"text": "stop"}"#)
            let metrics = try await client.get("/metrics").body
            let lost = try #require(metrics.firstMatch(of: /asr2clip_log_lines_lost_total (\d+)/).flatMap { Int($0.1) })
            #expect(lost > 0)
            // Once it is read again, the log reports the missing lines at their place, and continues.
            var log = ""
            try await eventually("the log tells of the missing lines") {
                log += read(reader)
                return log.contains("Lines of the log are missing here")
            }
            #expect(log.contains(format == "json" ? #""lines": "# : "lines="))
            _ = try await client.get("/after-all")
            try await eventually("the log goes on") {
                log += read(reader)
                return log.contains("/after-all")
            }
            process.signal(SIGTERM)
            #expect(try await process.exit() == .exited(0))
        }
    }

    @Test(arguments: [[SIGTERM], [SIGTERM, SIGTERM]])
    func aServerWithABlockedLogStops(signals: [Int32]) async throws {
        try await withServer { client, process, _ in
            try await askOften(client)
            for signal in signals {
                process.signal(signal)
                try await Task.sleep(for: .milliseconds(100))
            }
            let end = try await process.exit()
            #expect(end == .exited(0) || signals.count == 2 && end == .exited(128 + SIGTERM))
        }
    }

    /// The last lines contain the reason.
    @Test func theLastLogLinesAreWritten() async throws {
        for format in ["text", "json"] {
            try await TestSupport.withServer(.init(TestRegistry([.paraformer]), ["--log-format", format])) { server in
                let client = APIClient(server)
                try await client.waitUntilHealthy()
                for number in 0..<300 { _ = try await client.get("/request-\(number)") }
                #expect(try await server.stop(by: SIGTERM) == .exited(0))
                let log = server.process.standardError
                for number in 0..<300 { #expect(log.contains("/request-\(number)")) }
            }
        }
    }
}
