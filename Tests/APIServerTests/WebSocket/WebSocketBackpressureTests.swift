import Synchronization
import TestSupport
import Testing

@testable import APIServer

/// How WebSockets are slowed down, and the memory that they share.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WebSocketBackpressureTests {
    typealias Client = SocketClient

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
        let limits = WebSocketLimits.with { $0.stallTime = .milliseconds(200) }
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

    /// A session that has taken a message works on it, perhaps for long.
    @Test(arguments: [false, true])
    func messagesThatWereTakenCountUntilTheNextIsAskedFor(isAwaited: Bool) async throws {
        let (beginning, taken, pause) = (Pause(), Pause(), Pause())
        if isAwaited { beginning.end() }
        let budget = MessageBudget(limit: 500_000, smallShare: 10_000, patience: .seconds(3600))
        try await WebSocketServer.run(
            budget: budget,
            session: { socket in
                try await beginning.wait()
                for await message in socket.messages {
                    taken.end()
                    try await pause.wait()
                    try await socket.send(text: "\(message.content.readableBytes)")
                }
            }
        ) { server in
            let client = try await server.open()
            try await client.send(Client.text(String(repeating: "x", count: 600_000)))
            try await eventually("the message is there") { budget.used >= 600_000 }
            beginning.end()
            try await taken.wait()
            #expect(budget.used >= 600_000)
            // Its session is not read any more, so what follows waits in the system.
            try await client.send(Client.text(String(repeating: "y", count: 100_000)))
            pause.end()
            #expect(try await client.frame() == .text("600000"))
            #expect(try await client.frame() == .text("100000"))
            try await eventually("the memory is free") { budget.used == 0 }
        }
    }

    @Test func theLargestClosesAlsoIfItsMessageWasTaken() async throws {
        let pause = Pause()
        let budget = MessageBudget(limit: 500_000, smallShare: 10_000, patience: .milliseconds(200))
        try await WebSocketServer.run(
            budget: budget,
            session: { socket in
                for await message in socket.messages where message.content.readableBytes > 100 {
                    try await pause.wait()
                }
            }
        ) { server in
            let large = try await server.open()
            try await large.send(Client.text(String(repeating: "x", count: 600_000)))
            #expect(try await large.rest().map(\.closeCode) == [1013])
            pause.end()
            #expect(try await server.endings(count: 1) == [.outOfMemory])
        }
    }
}
