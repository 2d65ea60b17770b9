import Foundation
import TestSupport
import Testing

/// Clients that are slow on purpose, or because they are gone; the timeouts are shorter than by default.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .server(
        TestRegistry([.paraformer]), "--header-timeout", "4s", "--upload-rate-window", "4s", "--min-upload-rate", "500")
)
struct SlowClientTests {
    /// Sends a byte 20 times a second until the connection is closed.
    private func trickle(on connection: ByteConnection) async throws {
        while !connection.isClosed {
            try? await connection.send("x")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func answers(_ text: String) -> Int { text.components(separatedBy: "HTTP/1.1 ").count - 1 }

    @Test func slowHeadersTimeOutWhileOthersAreServed() async throws {
        let server = try ServerProcess.shared()
        try await APIClient(server).waitUntilHealthy()
        let ends = try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    let connection = try await ByteConnection.open(to: server)
                    try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
                    try await trickle(on: connection)
                    return try await connection.end()
                }
            }
            let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "paraformer"])
            #expect(answer.body == #"{"text": "stop"}"#)
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(ends.count == 50)
        for end in ends {
            #expect(end.hasPrefix("HTTP/1.1 408 ") && end.contains(#""code": "request_timeout""#), "\(end)")
            #expect(end.contains("--header-timeout") && end.lowercased().contains("\r\nconnection: close\r\n"))
        }
        try await eventually("the connections are gone") { ProcessTable.connections(toPort: server.port) < 50 }
    }

    @Test func slowHeadersOfALaterRequestTimeOut() async throws {
        let connection = try await ByteConnection.open(to: ServerProcess.shared())
        try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await connection.answer().status == 200)
        // A connection may be idle between requests; only the head has a timeout.
        try await Task.sleep(for: .seconds(5))
        #expect(!connection.isClosed)
        try await connection.send("GET /health HTTP/1.1\r\nX-Slow: ")
        try await trickle(on: connection)
        #expect(try await connection.end().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func aSilentConnectionIsClosedWithoutAResponse() async throws {
        #expect(try await ByteConnection.open(to: ServerProcess.shared()).end() == "")
    }

    private static let head =
        "POST \(APIClient.transcriptions) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(MultipartBody.contentType)\r\n"

    @Test(arguments: ["Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfffff\r\n"])
    func aCrawlingUploadTimesOut(framing: String) async throws {
        let server = try ServerProcess.shared()
        let connection = try await ByteConnection.open(to: server)
        try await connection.send(Self.head + framing + String(decoding: MultipartBody.beginning, as: UTF8.self))
        try await eventually("the upload is there") { !server.folder.uploads.isEmpty }
        try await trickle(on: connection)
        let end = try await connection.end()
        #expect(end.hasPrefix("HTTP/1.1 408 ") && end.contains("--min-upload-rate"), "\(end)")
        #expect(answers(end) == 1)
        try await eventually("no upload is left") { server.folder.uploads.isEmpty }
    }

    @Test func aSlowUploadAboveTheMinimumRateIsServed() async throws {
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
        let form = MultipartBody(file: file, fields: ["model": "paraformer"]).data
        let connection = try await ByteConnection.open(to: ServerProcess.shared())
        try await connection.send(Self.head + "Content-Length: \(form.count)\r\n\r\n")
        for start in stride(from: 0, to: form.count, by: form.count / 10) {
            try await connection.send(form[start...].prefix(form.count / 10))
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(try await connection.answer().body == #"{"text": "stop"}"#)
    }

    @Test func aCrawlingBodyOfAnAnsweredRequestTimesOut() async throws {
        let connection = try await ByteConnection.open(to: ServerProcess.shared())
        try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
        #expect(try await connection.answer().status == 200)
        try await trickle(on: connection)
        #expect(try await connection.end() == "")
    }

    @Test func aClientThatReadsNoResponsesIsDisconnected() async throws {
        let server = try ServerProcess.shared()
        let before = ProcessTable.connections(toPort: server.port)
        let connection = try await ByteConnection.open(to: server, reading: false)
        let requests = String(repeating: "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 1000)
        let sending = Task { while true { try await connection.send(requests) } }
        try await eventually("it is connected") { ProcessTable.connections(toPort: server.port) > before }
        try await eventually("the server has closed it") { ProcessTable.connections(toPort: server.port) <= before }
        try await connection.close()
        #expect(await sending.result.isFailure)
    }
}
