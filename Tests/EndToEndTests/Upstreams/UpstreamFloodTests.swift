import Foundation
import NIOCore
import TestSupport
import Testing

/// Servers whose answers have no end. They are servers of their own, because a script would have one.
@Suite(.serialized)
struct UpstreamFloodTests {
    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"text\": \"",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ",
        "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\n\r\n{\"error\": \"",
    ])
    func anAnswerWithoutEndIsCutOff(head: String) async throws {
        try await withFlood(head, of: "x") { client, server in
            let isStream = head.contains("event-stream")
            let answer = try await client.transcribe(word, isStream ? ["stream": "true"] : [:])
            if isStream {
                #expect(answer.body.contains("upstream_failed"))
                #expect(!answer.body.contains("[DONE]"))
            } else if head.contains("400") {
                try expectError(answer, 400, "invalid_value")
            } else if head.contains("X: ") {
                try expectError(answer, 503, "upstream_misconfigured", parameter: "model")
                #expect(answer.body.contains("headers"), "\(answer.body)")
            } else {
                try expectError(answer, 502, "upstream_failed")
            }
            #expect(answer.body.count < 1000)
            #expect(try await client.get("/health/live").status == 200)
        }
    }

    @Test(arguments: [": x\n\n", "data: {}\n\n", "data: x\n", "X: y\r\n"])
    func aStreamWithoutEndIsCutOff(piece: String) async throws {
        let type = piece.hasPrefix("X") ? "" : "Content-Type: text/event-stream\r\n\r\n"
        try await withFlood("HTTP/1.1 200 OK\r\n\(type)", of: piece) { client, _ in
            let answer = try await client.transcribe(word, ["stream": "true"])
            #expect(
                answer.body.contains(piece.hasPrefix("X") ? "headers" : "upstream_failed"),
                "\(answer.body.prefix(300))")
            #expect(!answer.body.contains("[DONE]"))
            #expect(answer.body.count < 1000)
        }
    }

    /// Runs `body` with an upstream that answers with a beginning and then with one piece again and again.
    private func withFlood(
        _ head: String, of piece: String, _ body: (APIClient, ServerProcess) async throws -> Void
    ) async throws {
        let flood = ByteBuffer(string: String(repeating: piece, count: (1 << 16) / piece.utf8.count))
        try await withTestServer { connection in
            try await connection.executeThenClose { bytes, writer in
                var iterator = bytes.makeAsyncIterator()
                var seen = Data()
                while seen.range(of: Data("--\r\n".utf8)) == nil {
                    guard let more = try await iterator.next() else { return }
                    seen += Data(more.readableBytesView)
                    if seen.starts(with: Data("GET".utf8)) {
                        return try await writer.write(
                            ByteBuffer(string: "HTTP/1.1 404 None\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
                    }
                }
                try await writer.write(ByteBuffer(string: head))
                while true { try await writer.write(flood) }
            }
        } _: { port in
            try await withForwarder(to: ["url": "http://127.0.0.1:\(port)/v1", "model": "m"]) {
                try await body($0, $1)
            }
        }
    }
}
