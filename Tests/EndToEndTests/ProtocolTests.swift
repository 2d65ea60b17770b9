import Foundation
import TestSupport
import Testing

/// HTTP as other programs send it, and invalid HTTP.
@Suite(.serialized, .server(TestRegistry([.paraformer])))
struct ProtocolTests {
    private static let get = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func connection() async throws -> ByteConnection {
        let server = try ServerProcess.shared()
        try await APIClient(server).waitUntilHealthy()
        return try await ByteConnection.open(to: server)
    }

    /// The head of a transcription.
    private func post(_ headers: String, version: String = "1.1") -> String {
        """
        POST \(APIClient.transcriptions) HTTP/\(version)\r\nHost: localhost\r\n\
        Content-Type: \(MultipartBody.contentType)\r\n\(headers)\r\n
        """
    }

    private func form() throws -> Data {
        try MultipartBody(
            file: .init(path: Fixtures.audio("en_word_16k.wav")), fields: ["model": "paraformer"], fileFirst: false
        ).data
    }

    // MARK: Upgrades

    private static let upgrades = [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
        "Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n",
        "Upgrade: h2c\r\n", "Connection: Upgrade\r\n", "Connection: Upgrade\r\nUpgrade:\r\n",
        "Connection: Upgrade, close-not\r\nUpgrade: a, b\r\n", "Connection: Upgraded\r\nUpgrade: h2c\r\n",
    ]

    @Test(arguments: upgrades) func anIgnoredUpgradeLeavesTheConnectionUsable(offer: String) async throws {
        let connection = try await connection()
        for _ in 0..<3 {
            try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\(offer)\r\n")
            #expect(try await connection.answer().body == #"{"status": "ok"}"#)
        }
        let form = try form()
        try await connection.send(post("\(offer)Content-Length: \(form.count)\r\n"))
        try await connection.send(form)
        #expect(try await connection.answer().body == #"{"text": "stop"}"#)
        try await connection.send(Self.get)
        #expect(try await connection.answer().status == 200)
    }

    @Test(arguments: upgrades) func requestsPipelinedAfterAnUpgradeAreAnswered(offer: String) async throws {
        let connection = try await connection()
        let one = "GET /health HTTP/1.1\r\nHost: localhost\r\n\(offer)\r\n"
        try await connection.send(one + one + Self.get + "GET /v1/nothing HTTP/1.1\r\nHo")
        for _ in 0..<3 { #expect(try await connection.answer().status == 200) }
        try await connection.send("st: localhost\r\n\r\n")
        #expect(try await connection.answer().status == 404)
    }

    // MARK: Other versions

    @Test func anHTTP10ResponseHasNoChunksAndClosesTheConnection() async throws {
        let connection = try await connection()
        try await connection.send("GET /health HTTP/1.0\r\n\r\n")
        let answer = try await connection.answer()
        #expect((answer.status, answer.headers["connection"]) == (200, "close"))
        #expect(try await connection.end() == "")
    }

    @Test func anHTTP10ConnectionStaysOpenOnRequest() async throws {
        let connection = try await connection()
        for _ in 0..<2 {
            try await connection.send("GET /health HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            let answer = try await connection.answer()
            #expect((answer.status, answer.headers["connection"]) == (200, "keep-alive"))
        }
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n"])
    func anHTTP10StreamEndsWithItsConnection(header: String) async throws {
        let connection = try await connection()
        let form = try MultipartBody(
            file: .init(path: Fixtures.audio("en_word_16k.wav")), fields: ["model": "paraformer", "stream": "1"],
            fileFirst: false
        ).data
        try await connection.send(
            post("\(header)Expect: 100-continue\r\nContent-Length: \(form.count)\r\n", version: "1.0"))
        try await connection.send(form)
        let all = try await connection.end()
        let (head, body) = try #require(
            all.firstRange(of: "\r\n\r\n").map { (all[..<$0.lowerBound], all[$0.upperBound...]) })
        #expect(head.hasPrefix("HTTP/1.0 200 OK\r\n"))
        #expect(head.lowercased().contains("\r\nconnection: close"))
        #expect(!head.lowercased().contains("transfer-encoding"))
        #expect(body.hasPrefix(#"data: {"type": "transcript.text.delta", "delta": "stop"}"#))
        #expect(body.hasSuffix("data: [DONE]\n\n"))
    }

    @Test(arguments: [false, true]) func anHTTP2ClientIsRefusedInItsProtocol(inPieces: Bool) async throws {
        let connection = try await connection()
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        if inPieces {
            for byte in preface.utf8.dropLast() { try await connection.send([byte]) }
            #expect(!connection.hasAnswer && !connection.isClosed)
            try await connection.send("\n")
        } else {
            try await connection.send(preface)
        }
        let answer = try await connection.end()
        // Empty SETTINGS, then GOAWAY with no stream and HTTP_1_1_REQUIRED.
        let frames: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 41, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13]
        #expect(Array(answer.utf8.prefix(frames.count)) == frames)
        #expect(answer.hasSuffix("This server speaks HTTP/1.1 only."))
    }

    // MARK: Bodies

    @Test(arguments: [("", ""), (";name=value", ""), ("", "X-Check: 1\r\nX-Other: 2\r\n")])
    func chunkedBodiesAreRead(extension words: String, trailers: String) async throws {
        let connection = try await connection()
        let form = try form()
        for _ in 0..<2 {
            try await connection.send(post("Transfer-Encoding: chunked\r\nTrailer: X-Check\r\n"))
            for start in stride(from: 0, to: form.count, by: 10_000) {
                let chunk = form[start..<min(start + 10_000, form.count)]
                try await connection.send("\(String(chunk.count, radix: 16))\(words)\r\n")
                try await connection.send(chunk)
                try await connection.send("\r\n")
            }
            try await connection.send("0\r\n\(trailers)\r\n")
            #expect(try await connection.answer().body == #"{"text": "stop"}"#)
        }
    }

    @Test(
        arguments: [
            ("Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n", 400),
            ("Transfer-Encoding: chunked\r\n", "3\r\nabcX", 400),
            ("Transfer-Encoding: chunked\r\n", "-3\r\nabc\r\n", 400),
            ("Transfer-Encoding: chunked\r\n", "ffffffffffffffff0\r\n", 400),
            ("Transfer-Encoding: chunked\r\n", "0\r\nbad trailer\r\n\r\n", 400),
            ("Transfer-Encoding: foo\r\n", "", 501), ("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", 501),
            ("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n", 400),
            ("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd", 400), ("Content-Length: -1\r\n", "", 400),
            ("Content-Length: 3x\r\n", "abc", 400), ("Content-Length: 18446744073709551616\r\n", "", 400),
            ("Content-Length: 18446744073709551615\r\n", "abc", 413),
            ("Content-Length: 9223372036854775808\r\n", "abc", 413),
            ("Content-Length: 9223372036854775807\r\n", "abc", 413),
            ("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "abc", 415),
            ("Transfer-Encoding:\r\nContent-Length: 3\r\n", "abc", 400), ("Transfer-Encoding:\r\n", "", 501),
            ("Host: localhost\r\nContent-Length: 3\r\n", "abc", 400), ("X: \0\r\n", "", 400), (": x\r\n", "", 400),
            ("X: \(String(repeating: "x", count: 100_000))\r\n", "", 431),
        ])
    func aMalformedRequestIsABadRequest(headers: String, body: String, status: UInt) async throws {
        let server = try ServerProcess.shared()
        let connection = try await connection()
        try await connection.send(post(headers) + body)
        let answer = try await connection.answer()
        #expect(answer.status == status, "\(answer.body)")
        #expect(try answer.error.message != "")
        #expect(answer.headers["connection"] == "close")
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        if status > 500 { #expect(answer.headers["x-should-retry"] == "false") }
        _ = try await connection.end()
        try await eventually("it is in the log") {
            server.process.standardError.split(separator: "\n").contains { $0.contains("status=\(status)") }
        }
        #expect(!server.process.standardError.contains(" error "))
    }

    @Test func aRefusalFollowsEarlierResponses() async throws {
        let connection = try await connection()
        try await connection.send(Self.get + Self.get + post("Transfer-Encoding: foo\r\n") + Self.get)
        #expect(try await connection.answer().status == 200)
        #expect(try await connection.answer().status == 200)
        #expect(try await connection.answer().status == 501)
        #expect(try await connection.end() == "")
    }

    @Test func aFaultAfterTheResponseIsNotAnsweredAgain() async throws {
        let connection = try await connection()
        try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(try await connection.answer().status == 200)
        try await connection.send("zz\r\n")
        #expect(try await connection.end() == "")
    }

    @Test(arguments: ["zz\r\n", "5\nabcde\r\n", "+3\r\nabc\r\n", "0\r\nbad trailer\r\n\r\n"])
    func aFaultInAnUnneededBodyIsAnsweredOnce(body: String) async throws {
        let connection = try await connection()
        let chunked = "Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
        try await connection.send("GET /health HTTP/1.1\r\n\(chunked)")
        #expect([200, 400].contains(try await connection.answer().status))
        #expect(try await connection.end() == "")
    }

    @Test(arguments: [
        "GET /health HTTP/1.1\r\nConnection: close\r\n", "POST /v1/nothing HTTP/1.1\r\nContent-Length: 3\r\n",
    ])
    func nothingAfterTheLastResponseIsServed(request: String) async throws {
        let connection = try await connection()
        try await connection.send("\(request)Host: localhost\r\n\r\nabc\(Self.get)\(Self.get)")
        let answer = try await connection.answer()
        #expect(answer.headers["connection"] == "close")
        try? await connection.send(Self.get)
        #expect(try await connection.end() == "")
    }

    @Test(arguments: ["GET /health", "POST /v1/audio/transcriptions"])
    func chunkExtensionsAreLimited(request: String) async throws {
        let connection = try await connection()
        try await connection.send(
            "\(request) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(MultipartBody.contentType)\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5;")
        let extension1 = String(repeating: "x", count: 1 << 20)
        var sent = 0
        while !connection.isClosed, sent < 64, (try? await connection.send(extension1)) != nil { sent += 1 }
        #expect(sent < 64, "MiB were read")
        #expect(try await connection.answer().status == (request.hasPrefix("GET") ? 200 : 400))
    }

    @Test func anAnsweredRequestWithoutItsBodyIsClosed() async throws {
        let connection = try await connection()
        try await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
        #expect(try await connection.answer().status == 200)
        #expect(try await connection.end() == "")
    }

    /// The socket's buffers take some bytes even if the server does not read them.
    @Test(arguments: ["GET /health", "GET /v1/models", "POST /v1/nothing", "HEAD /health", "DELETE /v1/models/x"])
    func anUnneededBodyCostsLittle(request: String) async throws {
        let connection = try await connection()
        try await connection.send("\(request) HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "100000\r\n" + String(repeating: "x", count: 1 << 20) + "\r\n"
        var sent = 0
        while !connection.isClosed {
            guard (try? await connection.send(chunk)) != nil else { break }
            sent += 1
            #expect(sent < 64, "MiB were read")
            if sent == 64 { break }
        }
        #expect(try await APIClient.shared().get("/health").status == 200)
    }

    @Test func aSmallUnneededBodyLeavesTheConnectionUsable() async throws {
        let connection = try await connection()
        let body = String(repeating: "x", count: 100_000)
        for _ in 0..<3 {
            try await connection.send(
                "GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n\(body)")
            #expect(try await connection.answer().status == 200)
        }
    }

    // MARK: Targets

    @Test(
        arguments: [
            ("GET http://localhost/health", "evil.example", 200), ("GET http://evil.example/health", "localhost", 403),
            ("GET /health", "..localhost", 403), ("GET /health", "127.1", 403), ("GET /health", "evil.example", 403),
        ] as [(String, String, UInt)])
    func theAuthorityInTheTargetIsUsed(request: String, host: String, status: UInt) async throws {
        let connection = try await connection()
        try await connection.send("\(request) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(try await connection.answer().status == status)
    }

    @Test(arguments: ["/audio/transcriptions", "/models", "/v2"])
    func aPathWithoutV1GetsAdviceOnTheBaseURL(path: String) async throws {
        let answer = try await APIClient.shared().get(path)
        try expectError(answer, 404, "not_found")
        #expect(try answer.error.message.contains("base URL ends in /v1"))
    }
}
