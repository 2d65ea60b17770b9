import TestSupport
import Testing

@testable import APIServer

/// How WebSockets are kept alive.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WebSocketHeartbeatTests {
    typealias Client = SocketClient

    @Test func pingsAreAnsweredWhileTheSessionIsBusy() async throws {
        let pause = Pause()
        try await WebSocketServer.run(session: { socket in
            try await pause.wait()
            try await WebSocketServer.echo(socket)
        }) { server in
            let client = try await server.open()
            try await client.send(Client.text("first"))
            for number in 0..<3 {
                try await client.send(Client.frame(9, Array("\(number)".utf8)))
                #expect(try await client.frame() == .pong("\(number)"))
            }
            pause.end()
            #expect(try await client.frame() == .text("first"))
        }
    }

    @Test func manyPingsTakeNoMemoryForPongs() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open(reading: false)
            let count = 200_000
            let content = [UInt8](repeating: 46, count: 120)
            let pings = (0..<1000).flatMap { _ in Client.frame(9, content) }
            for _ in 0..<(count / 1000) { try await client.send(pings) }
            try await client.send(Client.frame(9, Array("last".utf8)) + Client.text("end"))
            try await client.readOn()
            var pongs = 0
            var last = Client.Frame(opcode: 0, content: [])
            while case let frame = try await client.frame(), frame.opcode == 10 {
                pongs += 1
                last = frame
            }
            // The pong to the last ping may follow the text, if an earlier pong was still on its way.
            if last != .pong("last") { last = try await client.frame() }
            #expect(last == .pong("last"))
            #expect(pongs < count / 2)
        }
    }

    @Test func aClientThatAnswersNoPingIsClosed() async throws {
        let limits = WebSocketLimits.with { ($0.pingInterval, $0.pongTime) = (.milliseconds(50), .milliseconds(50)) }
        try await WebSocketServer.run(limits: limits) { server in
            let client = try await server.open()
            let frames = try await client.rest()
            #expect(frames.first?.opcode == 9 && frames.last?.closeCode == 1001, "\(frames)")
            #expect(try await server.endings(count: 1) == [.timedOut])
        }
    }

    @Test func aClientThatAnswersOrSendsStays() async throws {
        let limits = WebSocketLimits.with { ($0.pingInterval, $0.pongTime) = (.milliseconds(20), .seconds(1)) }
        try await WebSocketServer.run(limits: limits) { server in
            let client = try await server.open()
            // A long message is on its way: no pong can be sent, but its bytes count. A byte follows each ping, so the
            // message takes longer than the client has for a pong.
            let text = String(repeating: "x", count: 120)
            let message = Client.text(text)
            for byte in message.dropLast() {
                try await client.send([byte])
                #expect(try await client.frame().opcode == 9)
            }
            try await client.send([message[message.count - 1]])
            #expect(try await client.frameAfterPings() == .text(text))
        }
    }

    @Test func aClientThatIsNotReadIsNotBlamed() async throws {
        let pause = Pause()
        let limits = WebSocketLimits.with {
            ($0.pingInterval, $0.pongTime, $0.waiting) = (.milliseconds(20), .seconds(1), 1000)
        }
        try await WebSocketServer.run(
            limits: limits,
            session: { socket in
                try await pause.wait()
                try await WebSocketServer.echo(socket)
            }
        ) { server in
            let client = try await server.open()
            let text = String(repeating: "x", count: 3000)
            try await client.send(Client.text(text))
            // For longer than the client has for a pong, and none is sent.
            let end = ContinuousClock.now + .seconds(2)
            repeat { #expect(try await client.frame().opcode == 9) } while .now < end
            #expect(!client.isEnded && server.endings.all == [])
            pause.end()
            #expect(try await client.frameAfterPings() == .text(text))
        }
    }
}

extension SocketClient {
    /// Waits for the next frame of the server that is no ping.
    fileprivate func frameAfterPings() async throws -> Frame {
        while true {
            let next = try await frame()
            if next.opcode != 9 { return next }
        }
    }
}
