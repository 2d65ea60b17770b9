import Testing

@testable import APIServer

/// How a request becomes a WebSocket, and how it does not.
struct WebSocketUpgradeTests {
    private static let get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func expectEcho(_ client: SocketClient) async throws {
        try await client.send(SocketClient.text("hello"))
        #expect(try await client.frame() == .text("hello"))
    }

    @Test func theResponseHasTheAcceptKeyAndTheCallersHeaders() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(
                SocketClient.upgrade(changing: [
                    "X-Request-ID": "mine", "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
                ]))
            let lines = try await client.answer().head.split(separator: "\r\n").map(String.init)
            #expect(
                lines == [
                    "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
                    "Sec-WebSocket-Accept: \(SocketClient.accept)", "x-request-id: mine",
                ])
            try await expectEcho(client)
        }
    }

    @Test(
        arguments: [
            ("realtime", "realtime"), ("chat, realtime, openai-insecure-api-key.secret", "realtime"), ("chat", nil),
            ("openai-insecure-api-key.secret", nil), ("Realtime", nil), (",,realtime\t", "realtime"),
        ])
    func onlyAllowedSubprotocolsAreAgreedOn(offered: String, agreed: String?) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(SocketClient.upgrade(changing: ["Sec-WebSocket-Protocol": offered]))
            let head = try await client.answer().head
            #expect(head.contains("Sec-WebSocket-Protocol") == (agreed != nil))
            if let agreed { #expect(head.contains("\r\nSec-WebSocket-Protocol: \(agreed)\r\n")) }
            #expect(!head.contains("secret"))
        }
    }

    private static let refusals: [([String: String?], Int)] = [
        (["Upgrade": nil], 426), (["Connection": nil], 426), (["Connection": "keep-alive"], 426),
        (["Upgrade": "h2c"], 426), (["Sec-WebSocket-Version": nil], 426), (["Sec-WebSocket-Version": "8"], 426),
        (["Sec-WebSocket-Version": "13, 8"], 426), (["Sec-WebSocket-Key": nil], 400), (["Sec-WebSocket-Key": ""], 400),
        (["Sec-WebSocket-Key": "c2hvcnQ="], 400), (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZSE="], 400),
        (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j****"], 400),
        (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="], 400),
    ]

    @Test(arguments: refusals)
    func anUpgradeBehindARefusedOneIsGranted(changes: [String: String?], status: Int) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(SocketClient.upgrade(changing: changes))
            let (head, body) = try await client.answer()
            #expect(head.hasPrefix("HTTP/1.1 \(status) "), "\(head)")
            #expect(body.hasPrefix(#"{"error": {"message": ""#), "\(body)")
            let fields = head.lowercased()
            #expect(fields.contains("\r\nsec-websocket-version: 13\r\n") == (status == 426))
            #expect(fields.contains("\r\nupgrade: websocket\r\n") == (status == 426))
            try await client.open()
            try await expectEcho(client)
        }
    }

    @Test(arguments: ["Keep-Alive, Upgrade", "upgrade", "keep-alive , UPGRADE"], ["WebSocket", "h2c, websocket"])
    func listsAndCaseOfTheHeadersDoNotMatter(connection: String, upgrade: String) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(SocketClient.upgrade(changing: ["Connection": connection, "Upgrade": upgrade]))
            #expect(try await client.answer().head.hasPrefix("HTTP/1.1 101 "))
            try await expectEcho(client)
        }
    }

    @Test func anyRequestOfAConnectionCanBeAnUpgrade() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            for _ in 0..<3 {
                try await client.send(Self.get)
                #expect(try await client.answer().head.hasPrefix("HTTP/1.1 200 "))
            }
            try await client.open()
            try await expectEcho(client)
        }
    }

    @Test func anUpgradeRightBehindAnotherRequestIsGranted() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(Self.get + Self.get + SocketClient.upgrade())
            for _ in 0..<2 { #expect(try await client.answer().head.hasPrefix("HTTP/1.1 200 ")) }
            #expect(try await client.answer().head.hasPrefix("HTTP/1.1 101 "))
            try await expectEcho(client)
        }
    }

    @Test(arguments: [SocketClient.text("early"), [0], Array(get.utf8), Array(SocketClient.upgrade().utf8)])
    func bytesBeforeTheResponseEndTheConnection(bytes: [UInt8]) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(Array(SocketClient.upgrade().utf8) + bytes)
            let head = try await client.answer().head
            #expect(
                head.hasPrefix("HTTP/1.1 400 ") && head.lowercased().contains("\r\nconnection: close\r\n"), "\(head)")
            #expect(try await client.rest() == [])
        }
    }

    @Test(arguments: ["Content-Length": "5", "Transfer-Encoding": "chunked"])
    func aRequestWithABodyIsRefused(header: String, value: String) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(SocketClient.upgrade(changing: [header: value]))
            let head = try await client.answer().head
            #expect(
                head.hasPrefix("HTTP/1.1 400 ") && head.lowercased().contains("\r\nconnection: close\r\n"), "\(head)")
        }
    }

    @Test(arguments: ["POST", "HEAD", "PUT"]) func otherMethodsOpenNoWebSocket(method: String) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(SocketClient.upgrade().replacing("GET ", with: "\(method) "))
            #expect(try await !client.answer(hasBody: method != "HEAD").head.hasPrefix("HTTP/1.1 101 "))
        }
    }

    @Test func http10OpensNoWebSocket() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.connect()
            try await client.send(
                SocketClient.upgrade(changing: ["Connection": "Upgrade, keep-alive"])
                    .replacing("HTTP/1.1", with: "HTTP/1.0"))
            #expect(try await client.answer().head.hasPrefix("HTTP/1.0 400 "))
        }
    }

    @Test func hostAndOriginAreCheckedBefore() async throws {
        try await WebSocketServer.run { server in
            for changes in [["Host": "attacker.example"], ["Origin": "https://attacker.example"]] {
                let client = try await server.connect()
                try await client.send(SocketClient.upgrade(changing: changes))
                #expect(try await client.answer().head.hasPrefix("HTTP/1.1 403 "))
            }
        }
    }
}
