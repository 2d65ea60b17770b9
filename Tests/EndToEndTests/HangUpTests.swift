import Foundation
import TestSupport
import Testing

/// Clients that disconnect at every stage of a request.
@Suite(.serialized, .timeLimit(.minutes(10)), .server(TestRegistry([.whisper])))
struct HangUpTests {
    /// The stage at which a client disconnects.
    enum Stage: String, CaseIterable {
        case connected, inTheHead, inTheBody, waitingForTheAnswer, inTheStream
    }

    private struct EngineList: Decodable {
        struct Engine: Decodable {
            var requests: Int
        }
        var data: [Engine]
    }

    @Test(arguments: Stage.allCases, [false, true])
    func aDisconnectedClientLeavesNothing(stage: Stage, abruptly: Bool) async throws {
        let server = try ServerProcess.shared()
        let client = APIClient(server)
        try await client.waitUntilHealthy()
        let fields: KeyValuePairs = ["model": "whisper", "stream": stage == .inTheStream ? "true" : "false"]
        let form = MultipartBody(file: try Phrases(150).file, fields: fields).data
        let head = Data(
            """
            POST \(APIClient.transcriptions) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(form.count)\r\n\
            Content-Type: \(MultipartBody.contentType)\r\n\r\n
            """.utf8)
        let before = ProcessTable.connections(toPort: server.port)
        var connections: [ByteConnection] = []
        for _ in 0..<5 { connections.append(try await ByteConnection.open(to: server)) }
        for connection in connections {
            switch stage {
            case .connected: break
            case .inTheHead: try await connection.send(head.dropLast(10))
            case .inTheBody: try await connection.send(head + form.prefix(form.count / 2))
            case .waitingForTheAnswer, .inTheStream: try await connection.send(head + form)
            }
        }
        switch stage {
        case .connected, .inTheHead: break
        case .inTheBody:
            try await eventually("the uploads are there") { server.folder.uploads.count == connections.count }
        case .waitingForTheAnswer:
            try await eventually("the engine has them all") { try await requests(client) == connections.count }
        case .inTheStream:
            for connection in connections { try await eventually("the stream begins") { connection.hasAnswer } }
        }
        for connection in connections { try await connection.close(abruptly: abruptly) }

        try await eventually("no upload is left") { server.folder.uploads.isEmpty }
        try await eventually("the engine has none of them") { try await requests(client) == 0 }
        try await eventually("no connection is left") { ProcessTable.connections(toPort: server.port) <= before }
        #expect(try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body == #"{"text": "stop"}"#)
    }

    private func requests(_ client: APIClient) async throws -> Int {
        try await client.get("/v1/ps").json(EngineList.self).data.reduce(0) { $0 + $1.requests }
    }
}
