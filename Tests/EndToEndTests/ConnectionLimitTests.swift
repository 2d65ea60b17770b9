import Foundation
import TestSupport
import Testing

/// More connections than the server accepts.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .server(TestRegistry([.paraformer]), "--max-connections", "8", "--cors-origin", "https://notes.example"))
struct ConnectionLimitTests {
    private static let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nOrigin: https://notes.example\r\n\r\n"

    /// Opens connections and sends a request on each.
    private func fill(_ server: ServerProcess, _ count: Int = 8) async throws -> [ByteConnection] {
        try await eventually("there is room") { ProcessTable.connections(toPort: server.port) == 0 }
        var connections: [ByteConnection] = []
        for _ in 0..<count {
            let connection = try await ByteConnection.open(to: server)
            try await connection.send(Self.request)
            #expect(try await connection.answer().status == 200)
            connections.append(connection)
        }
        return connections
    }

    @Test func anExcessConnectionIsRefusedAndOthersAreServed() async throws {
        let server = try ServerProcess.shared()
        let open = try await fill(server)
        for _ in 0..<3 {
            let refused = try await ByteConnection.open(to: server)
            try await refused.send(Self.request)
            let answer = try await refused.answer()
            try expectError(answer, 503, "too_many_connections")
            #expect(answer.headers["retry-after"] == "1")
            #expect(answer.headers["connection"] == "close")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["access-control-allow-origin"] == "https://notes.example")
            #expect(try answer.error.message.contains("--max-connections"))
            #expect(try await refused.end() == "")
        }
        for connection in open {
            try await connection.send(Self.request)
            #expect(try await connection.answer().status == 200)
        }
        try await eventually("it is in the log") { server.process.standardError.contains("too many connections") }
        #expect(server.process.standardError.matches(of: /too many connections/).count == 1)
    }

    /// A quarter of the connections is kept free of uploads, whatever part of a form they start with.
    @Test(arguments: ["", "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\npara", "--b\r\nX: "])
    func uploadsLeaveConnectionsForOthers(beginning: String) async throws {
        let server = try ServerProcess.shared()
        try await eventually("there is room") { ProcessTable.connections(toPort: server.port) == 0 }
        let head = "POST \(APIClient.transcriptions) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        var uploads: [ByteConnection] = []
        for _ in 0..<7 {
            let upload = try await ByteConnection.open(to: server)
            try await upload.send("\(head)Content-Type: multipart/form-data; boundary=b\r\n\r\n\(beginning)")
            uploads.append(upload)
        }
        try await eventually("one is refused") { uploads.contains { $0.hasAnswer } }
        let connection = try await ByteConnection.open(to: server)
        try await connection.send(Self.request)
        #expect(try await connection.answer().status == 200)
        let refused = try #require(uploads.first { $0.hasAnswer })
        #expect([408, 503].contains(try await refused.answer().status))
        withExtendedLifetime(uploads) {}
    }

    @Test func aClosedConnectionMakesRoomForAnother() async throws {
        let server = try ServerProcess.shared()
        let open = try await fill(server)
        try await open[3].close()
        try await eventually("there is room for one") {
            let connection = try await ByteConnection.open(to: server)
            try await connection.send(Self.request)
            return try await connection.answer().status == 200
        }
        withExtendedLifetime(open) {}
    }

    @Test func noConnectionIsLeftWaiting() async throws {
        let server = try ServerProcess.shared()
        let open = try await fill(server)
        var silent: [ByteConnection] = []
        for _ in 0..<100 { silent.append(try await ByteConnection.open(to: server)) }
        for connection in silent { _ = try await connection.end() }
        #expect(ProcessTable.connections(toPort: server.port) == open.count)
        try await open[0].send(Self.request)
        #expect(try await open[0].answer().status == 200)
    }

    /// Starts a server under limits of open files set by a shell, and returns the limit it has then.
    private func limit(_ limits: String, _ arguments: [String] = []) async throws -> (limit: Int?, log: String) {
        let folder = try ServerFolder()
        let command = [
            "-c", "\(limits); exec \"$@\"", "bash", ServerProcess.path(of: "asr2clip-serve"), "--port", "0", "--config",
            try folder.write(TestRegistry([.paraformer])),
        ]
        return try await withProcess("/bin/bash", command + arguments, environment: folder.environment) { process in
            _ = try await process.output(after: "asr2clip is listening on http://")
            let limit = ProcessTable.openFileLimit(of: process.pid)
            process.signal(SIGTERM)
            _ = try await process.exit()
            return (limit, process.standardError)
        }
    }

    @Test func theOpenFileLimitIsRaisedAsNeeded() async throws {
        let (few, log) = try await limit("ulimit -S -n 256", ["--max-connections", "100"])
        let (many, _) = try await limit("ulimit -S -n 256", ["--max-connections", "1000"])
        #expect(few ?? 0 > 256 && many ?? 0 > 3000 && !log.contains("open_files"))
    }

    @Test func ifTheLimitCannotBeRaisedTheLogNamesTheConnectionCount() async throws {
        let (limit, log) = try await limit("ulimit -n 512")
        #expect(limit == 512)
        #expect(log.contains("connections=64") && log.contains("open_files=512") && log.contains("--max-connections"))
    }
}
