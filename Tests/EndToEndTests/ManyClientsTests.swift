import Foundation
import TestSupport
import Testing

/// Five hundred clients at once.
@Suite(.serialized, .timeLimit(.minutes(10)), .server(TestRegistry([.whisper]), "--max-queue", "500"))
struct ManyClientsTests {
    private static let count = 500

    @Test func everyOneOfManyConnectionsIsServed() async throws {
        let server = try ServerProcess.shared()
        let client = APIClient(server)
        try await client.waitUntilHealthy()
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
        let form = MultipartBody(file: file, fields: ["model": "whisper"]).data
        let head = """
            POST \(APIClient.transcriptions) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(form.count)\r\n\
            Content-Type: \(MultipartBody.contentType)\r\n\r\n
            """
        let connections = try await withThrowingTaskGroup { group in
            for _ in 0..<Self.count { group.addTask { try await ByteConnection.open(to: server) } }
            return try await group.reduce(into: [ByteConnection]()) { $0.append($1) }
        }
        try await eventually("all are connected") { ProcessTable.connections(toPort: server.port) >= Self.count }
        // All requests overlap: the first byte of each body is sent before the last byte of any.
        for connection in connections { try await connection.send(Data(head.utf8) + form.dropLast()) }
        #expect(try await client.get("/health").status == 200)
        try await withThrowingTaskGroup { group in
            for connection in connections {
                group.addTask {
                    try await connection.send(form.suffix(1))
                    let answer = try await connection.answer()
                    #expect(answer.status == 200)
                    #expect(answer.body == #"{"text": "stop"}"#)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await client.get("/health").status == 200)
        for connection in connections { try await connection.close() }
        try await eventually("the connections are gone") {
            ProcessTable.connections(toPort: server.port) < Self.count / 10
        }
        try await eventually("no upload is left") { server.folder.uploads.isEmpty }
        #expect(try await client.transcribe(file, ["model": "whisper"]).body == #"{"text": "stop"}"#)
    }
}
