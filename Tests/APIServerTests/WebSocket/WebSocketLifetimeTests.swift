import Foundation
import NIOWebSocket
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import APIServer

/// How WebSockets are kept alive, slowed down and ended.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WebSocketLifetimeTests {
    typealias Client = SocketClient

    /// Limits of which one time is short.
    private func limits(_ change: (inout WebSocketLimits) -> Void) -> WebSocketLimits {
        var limits = WebSocketLimits()
        change(&limits)
        return limits
    }

    /// A session that takes no message until it is told to.
    private final class Pause: Sendable {
        private let isOver = Mutex(false)

        func end() { isOver.withLock { $0 = true } }

        func wait() async throws { try await eventually("the pause ends") { isOver.withLock { $0 } } }
    }

    // MARK: Pings

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
        let limits = limits { ($0.pingInterval, $0.pongTime) = (.milliseconds(50), .milliseconds(50)) }
        try await WebSocketServer.run(limits: limits) { server in
            let client = try await server.open()
            let frames = try await client.rest()
            #expect(frames.first?.opcode == 9 && frames.last?.closeCode == 1001, "\(frames)")
            #expect(try await server.endings(count: 1) == [.timedOut])
        }
    }

    @Test func aClientThatAnswersOrSendsStays() async throws {
        let limits = limits { ($0.pingInterval, $0.pongTime) = (.milliseconds(20), .seconds(2)) }
        try await WebSocketServer.run(limits: limits) { server in
            let client = try await server.open()
            // A long message is on its way: no pong can be sent, but its bytes count.
            let message = Client.text("a long message")
            for byte in message.dropLast() {
                try await client.send([byte])
                try await Task.sleep(for: .milliseconds(150))
            }
            try await client.send([message[message.count - 1]])
            var frame = try await client.frame()
            while frame.opcode == 9 { frame = try await client.frame() }
            #expect(frame == .text("a long message"))
        }
    }

    @Test func aClientThatIsNotReadIsNotBlamed() async throws {
        let pause = Pause()
        let limits = limits {
            ($0.pingInterval, $0.pongTime, $0.waiting) = (.milliseconds(20), .milliseconds(20), 1000)
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
            // Time for many pings, none of which is answered.
            try await Task.sleep(for: .milliseconds(500))
            #expect(!client.isEnded && server.endings.all == [])
            pause.end()
            var frame = try await client.frame()
            while frame.opcode == 9 { frame = try await client.frame() }
            #expect(frame == .text(text))
        }
    }

    // MARK: Backpressure

    @Test func aClientThatSendsFasterThanTheSessionTakesIsSlowedDown() async throws {
        let pause = Pause()
        let taken = Mutex(0)
        try await WebSocketServer.run(session: { socket in
            try await pause.wait()
            for await message in socket.messages {
                let number = taken.withLock { taken in
                    defer { taken += 1 }
                    return taken
                }
                #expect(
                    message.content.readableBytes == 100_000
                        && message.content.getInteger(at: message.content.readerIndex) == UInt8(48 + number % 10))
            }
        }) { server in
            let client = try await server.open()
            let sent = Mutex(0)
            let count = 400
            let sending = Task {
                for number in 0..<count {
                    try await client.send(
                        Client.frame(1, [UInt8](repeating: UInt8(48 + number % 10), count: 100_000)))
                    sent.withLock { $0 += 1 }
                }
            }
            // The client stops being able to send; how much the system buffers differs.
            var before = -1
            try await eventually("the client is slowed down") {
                let now = sent.withLock { $0 }
                defer { before = now }
                try await Task.sleep(for: .milliseconds(300))
                return now == before && now > 0
            }
            #expect(sent.withLock { $0 } < count)
            #expect(server.budget.used < 2 << 20)
            pause.end()
            try await sending.value
            try await client.send(Client.close(1000))
            _ = try await client.rest()
            #expect(try await server.endings(count: 1) == [.byClient(.normalClosure)])
            #expect(taken.withLock { $0 } == count)
        }
    }

    @Test func emptyMessagesCountToo() async throws {
        let pause = Pause()
        try await WebSocketServer.run(session: { _ in try await pause.wait() }) { server in
            let client = try await server.open()
            let sending = Task {
                let frames = (0..<10_000).flatMap { _ in Client.frame(1) }
                while true { try await client.send(frames) }
            }
            var before = -1
            try await eventually("reading stops") {
                let now = server.budget.used
                defer { before = now }
                try await Task.sleep(for: .milliseconds(300))
                return now == before && now > 0
            }
            // One read may bring tens of thousands of empty messages.
            #expect(server.budget.used < 64 << 20)
            pause.end()
            try await client.close()
            _ = await sending.result
            _ = try await server.endings(count: 1)
        }
    }

    @Test func aClientThatDoesNotReadIsClosed() async throws {
        let limits = limits { $0.stallTime = .milliseconds(200) }
        let failures = Mutex(0)
        try await WebSocketServer.run(
            limits: limits,
            session: { socket in
                let text = String(repeating: "t", count: 100_000)
                do {
                    while true { try await socket.send(text: text) }
                } catch {
                    failures.withLock { $0 += 1 }
                    throw error
                }
            }
        ) { server in
            let client = try await server.open(reading: false)
            #expect(try await server.endings(count: 1) == [.unread])
            #expect(failures.withLock { $0 } == 1)
            try await client.close()
        }
    }

    // MARK: Memory of all

    @Test func theLargestClosesIfMemoryStaysUsedUp() async throws {
        let budget = MessageBudget(limit: 1_000_000, smallShare: 10_000, patience: .milliseconds(200))
        try await WebSocketServer.run(budget: budget) { server in
            let small = try await server.open()
            let middle = try await server.open()
            let large = try await server.open()
            // None of these messages is complete.
            let content = [UInt8](repeating: 65, count: 900_000)
            try await middle.send(Client.frame(1, content).prefix(400_000))
            try await eventually("the middle one is there") { server.budget.used >= 390_000 }
            try await large.send(Client.frame(1, content).prefix(700_000))
            #expect(try await large.rest().map(\.closeCode) == [1013])
            try await eventually("its session ends") { server.endings.all == [.outOfMemory] }
            // The others go on.
            try await small.send(Client.text("small"))
            #expect(try await small.frame() == .text("small"))
            try await middle.send(Client.frame(1, content).dropFirst(400_000))
            #expect(try await middle.frame().content == content)
        }
    }

    @Test func smallMessagesPassWhileMemoryIsUsedUp() async throws {
        let budget = MessageBudget(limit: 500_000, smallShare: 10_000, patience: .seconds(3600))
        try await WebSocketServer.run(budget: budget) { server in
            let small = try await server.open()
            let large = try await server.open()
            let content = [UInt8](repeating: 65, count: 1_000_000)
            try await large.send(Client.frame(1, content).prefix(900_000))
            try await eventually("the memory is used up") { server.budget.used >= 500_000 }
            for _ in 0..<10 {
                try await small.send(Client.text("small"))
                #expect(try await small.frame() == .text("small"))
            }
            let used = server.budget.used
            #expect((500_000..<900_000).contains(used))
            // With the large one gone, its memory is free.
            try await large.close()
            try await eventually("the memory is free") { server.budget.used == 0 }
        }
    }

    // MARK: Ends

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
        let limits = limits { $0.closeTime = .milliseconds(100) }
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

    // MARK: HTTP below

    struct Mishap: Error {}

    @Test(arguments: [false, true]) func noHTTPFollowsAWebSocketThatItsHandlerForgot(byError: Bool) async throws {
        let parts = Mutex(0)
        let logged = try await withKnownLog { server in
            let client = try await server.open("/careless")
            let frames = try await client.rest()
            #expect(frames.map(\.closeCode) == [1011])
            parts.withLock { $0 += 1 }
        } session: { _ in
            if byError { throw Mishap() }
        }
        #expect(parts.withLock { $0 } == 1)
        // Only the handler's own error is one.
        #expect(logged == (byError ? 1 : 0))
    }

    /// Runs a server whose log may have troubles.
    ///
    /// - Returns: How many.
    private func withKnownLog(
        _ body: @escaping @Sendable (WebSocketServer) async throws -> Void, session: @escaping WebSocketServer.Session
    ) async throws -> Int {
        let count = Mutex(0)
        try await WebSocketServer.run(limits: limits { $0.closeTime = .milliseconds(100) }, session: session) {
            server in
            try await body(server)
            count.withLock { $0 = server.log.takeTroubles().count }
        }
        return count.withLock { $0 }
    }

    @Test func aSessionIsOneLineInTheLog() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open("/socket?secret=1")
            try await client.send(Client.close(1000))
            _ = try await client.rest()
            try await eventually("the line is there") { server.log.all.contains { $0.contains("path=/socket") } }
            let lines = server.log.all.filter { $0.contains("path=/socket") }
            #expect(lines.count == 1)
            #expect(
                lines.first?.hasPrefix("Answered.") == true && lines.first?.contains("status=101") == true, "\(lines)")
            #expect(!server.log.all.joined().contains("secret"))
        }
    }

    @Test func theTimeoutsOfHTTPDoNotApply() async throws {
        var connections = ConnectionLimits()
        connections.headTime = .milliseconds(100)
        connections.idleTime = .milliseconds(100)
        connections.rateWindow = .milliseconds(100)
        try await WebSocketServer.run(connections: connections) { server in
            let client = try await server.open()
            for _ in 0..<3 {
                // Longer than each of them.
                try await Task.sleep(for: .milliseconds(300))
                try await client.send(Client.text("still here"))
                #expect(try await client.frame() == .text("still here"))
            }
        }
    }

    @Test func aWebSocketIsAConnectionOfTheLimit() async throws {
        // The library's client of the test has one.
        var connections = ConnectionLimits()
        connections.maximum = 2
        try await WebSocketServer.run(connections: connections) { server in
            let client = try await server.open()
            let other = try await server.connect()
            try await other.send(Client.upgrade())
            #expect(try await other.answer().head.hasPrefix("HTTP/1.1 503 "))
            try await client.close()
            _ = try await server.endings(count: 1)
            let next = try await server.connect()
            try await next.open()
            #expect(server.log.takeTroubles().count == 1)
        }
    }

    @Test func gracefulShutdownWaitsForTheSession() async throws {
        let endings = Mutex<[WebSocketEnding?]>([])
        let client = Mutex<SocketClient?>(nil)
        try await WebSocketServer.run(session: { socket in
            await cancelWhenGracefulShutdown { for await _ in socket.messages {} }
            try await socket.send(text: "the rest")
            await socket.close(.goingAway)
            endings.withLock { $0.append(socket.ending) }
        }) { server in
            let open = try await server.open()
            client.withLock { $0 = open }
            // The server is asked to stop when this returns.
            Task {
                _ = try await untilFound("the close frame") { try await open.frame().closeCode }
                try await open.send(Client.close(1001))
            }
        }
        let open = try #require(client.withLock { $0 })
        #expect(try await open.rest() == [])
        #expect(endings.withLock { $0 } == [.byServer(.goingAway)])
    }
}
