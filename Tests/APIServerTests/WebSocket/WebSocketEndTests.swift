import NIOWebSocket
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import APIServer

/// How WebSockets end.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WebSocketEndTests {
    typealias Client = SocketClient

    @Test func theServerClosesAndWaitsForTheClient() async throws {
        try await WebSocketServer.run(session: { await $0.close(.goingAway, reason: "The server stops. ✂️") }) {
            server in
            let client = try await server.open()
            let frame = try await client.frame()
            #expect(
                frame.closeCode == 1001
                    && String(decoding: frame.content.dropFirst(2), as: UTF8.self) == "The server stops. ✂️")
            #expect(server.endings.all == [] && !client.isEnded)
            try await client.send(Client.text("still on its way") + Client.close(1001))
            #expect(try await client.rest() == [])
            #expect(try await server.endings(count: 1) == [.byServer(.goingAway)])
        }
    }

    @Test func aClientThatDoesNotCloseIsDropped() async throws {
        let limits = WebSocketLimits.with { $0.closeTime = .milliseconds(100) }
        try await WebSocketServer.run(limits: limits, session: { await $0.close() }) { server in
            let client = try await server.open()
            #expect(try await client.rest().map(\.closeCode) == [1000])
            #expect(try await server.endings(count: 1) == [.byServer(.normalClosure)])
        }
    }

    @Test func longReasonsAreCutBetweenCharacters() async throws {
        try await WebSocketServer.run(session: { await $0.close(reason: String(repeating: "€", count: 100)) }) {
            server in
            let client = try await server.open()
            #expect(try await client.frame().content.dropFirst(2).elementsEqual(String(repeating: "€", count: 41).utf8))
            try await client.close()
        }
    }

    @Test(arguments: [false, true]) func aSessionEndsWithItsClient(abruptly: Bool) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.text("hello"))
            #expect(try await client.frame() == .text("hello"))
            try await client.close(abruptly: abruptly)
            #expect(try await server.endings(count: 1) == [.gone])
        }
    }

    @Test func aClientThatClosesItsSideHasGone() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.finish()
            #expect(try await client.rest() == [])
            #expect(try await server.endings(count: 1) == [.gone])
        }
    }

    @Test func theServerNotesACloseBeforeItAnswers() async throws {
        let pause = Pause()
        try await WebSocketServer.run(session: { _ in try await pause.wait() }) { server in
            let client = try await server.open()
            try await client.send(Client.close(1000))
            #expect(try await client.frame().closeCode == 1000)
            #expect(server.ends.all.count == 1 && server.endings.all == [])
            pause.end()
            #expect(try await server.endings(count: 1) == [.byClient(.normalClosure)])
            #expect(server.ends.all.count == 1)
        }
    }

    @Test func sendingOnAnEndedWebSocketFails() async throws {
        let errors = Endings()
        try await WebSocketServer.run(session: { socket in
            for await _ in socket.messages {}
            await #expect(throws: WebSocketEnded.self) { try await socket.send(text: "late") }
            errors.add(socket.ending)
        }) { server in
            let client = try await server.open()
            try await client.send(Client.close(4000))
            _ = try await client.rest()
            _ = try await server.endings(count: 1)
            #expect(errors.all == [.byClient(.unknown(4000))])
        }
    }

    @Test func messagesBeforeAProperCloseCanStillBeTaken() async throws {
        let taken = Mutex<[String]>([])
        let pause = Pause()
        try await WebSocketServer.run(session: { socket in
            try await pause.wait()
            for await message in socket.messages { taken.withLock { $0.append(String(buffer: message.content)) } }
        }) { server in
            let client = try await server.open()
            try await client.send(Client.text("one") + Client.text("two") + Client.close(1000))
            #expect(try await client.rest().map(\.closeCode) == [1000])
            pause.end()
            _ = try await server.endings(count: 1)
            #expect(taken.withLock { $0 } == ["one", "two"])
        }
    }
}
