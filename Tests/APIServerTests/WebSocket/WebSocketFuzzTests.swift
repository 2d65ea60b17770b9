import Synchronization
import TestSupport
import Testing

@testable import APIServer

/// Random and damaged frames: every connection ends, and the server goes on.
@Suite(.timeLimit(.minutes(10)))
struct WebSocketFuzzTests {
    typealias Client = SocketClient

    /// Frames in a random order, most of them valid.
    private static func frames(using generator: inout SeededGenerator) -> [[UInt8]] {
        let sizes = [0, 1, 2, 5, 125, 126, 300, 65_535, 65_536]
        return (0..<Int.random(in: 1...8, using: &generator)).map { _ in
            let isOdd = Int.random(in: 0..<8, using: &generator) == 0
            let opcode: UInt8 =
                isOdd
                ? .random(in: 0...15, using: &generator)
                : [0, 1, 1, 1, 2, 8, 9, 10].randomElement(using: &generator) ?? 1
            let size =
                opcode < 8 || isOdd
                ? sizes.randomElement(using: &generator) ?? 0 : Int.random(in: 0...125, using: &generator)
            let byte: UInt8 = isOdd ? .random(in: 0...255, using: &generator) : .random(in: 32...126, using: &generator)
            var content = [UInt8](repeating: byte, count: size)
            if opcode == 8, size >= 2 { (content[0], content[1]) = (0x03, .random(in: 0xE0...0xFF, using: &generator)) }
            return Client.frame(
                opcode, content, isFinal: opcode >= 8 || Int.random(in: 0..<3, using: &generator) > 0,
                reserved: isOdd ? .random(in: 0...7, using: &generator) : 0,
                mask: isOdd && Bool.random(using: &generator)
                    ? nil : (0..<4).map { _ in .random(in: 0...255, using: &generator) })
        }
    }

    /// Changes, removes, repeats or inserts bytes.
    private static func damage(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            // Mostly near the beginning, where the headers are.
            let place = Int.random(
                in: 0..<min(bytes.count, Bool.random(using: &generator) ? 16 : bytes.count), using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] = .random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(.random(in: 0...255, using: &generator), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...64, using: &generator)))
            }
        }
        return bytes
    }

    @Test func twoThousandSequencesOfFramesEndTheirConnectionsOnly() async throws {
        let codes = Tally()
        try await WebSocketServer.run(session: WebSocketServer.echo) { server in
            try await withThrowingTaskGroup { group in
                for first in 0..<8 {
                    group.addTask {
                        for number in stride(from: first, to: 2_000, by: 8) {
                            let code = try await Self.run(number, on: server)
                            codes.add(code)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await server.endings(count: 2_000).allSatisfy { $0 != nil })
            let client = try await server.open()
            try await client.send(Client.text("unharmed"))
            #expect(try await client.frame() == .text("unharmed"))
        }
        let found = codes.all
        Attachment.record("\(found)\n", named: "codes.txt")
        #expect(found.values.reduce(0, +) == 2_000)
        // All kinds of ends are among them; 0 is a connection that ended without a close frame.
        for code in [0, 1000, 1002, 1003, 1007] as [UInt16] { #expect((found[code] ?? 0) > 0, "\(code): \(found)") }
    }

    /// How often each code was sent.
    private final class Tally: Sendable {
        private let codes = Mutex<[UInt16: Int]>([:])

        var all: [UInt16: Int] { codes.withLock { $0 } }

        func add(_ code: UInt16) { codes.withLock { $0[code, default: 0] += 1 } }
    }

    /// Sends one sequence and then closes the sending side.
    ///
    /// - Returns: The code of the server's close frame, or 0.
    private static func run(_ number: Int, on server: WebSocketServer) async throws -> UInt16 {
        var generator = SeededGenerator(seed: UInt64(number))
        var bytes: [UInt8]
        switch number % 4 {
        case 0:
            bytes = (0..<Int.random(in: 1...2000, using: &generator)).map { _ in .random(in: 0...255, using: &generator)
            }
        case 1: bytes = frames(using: &generator).flatMap(\.self)
        default: bytes = damage(frames(using: &generator).flatMap(\.self), using: &generator)
        }
        let client = try await server.open()
        // The server may close while this is sent.
        while !bytes.isEmpty {
            let part = bytes.prefix(Bool.random(using: &generator) ? .random(in: 1...50, using: &generator) : 100_000)
            bytes.removeFirst(part.count)
            guard (try? await client.send(part)) != nil else { break }
        }
        let close = Bool.random(using: &generator)
        if close { try? await client.send(Client.close(1000)) }
        try? await client.finish()
        let frames = try await client.rest()
        for frame in frames {
            #expect(!frame.isMasked && frame.isFinal && [1, 8, 9, 10].contains(frame.opcode), "\(number): \(frame)")
        }
        #expect(frames.dropLast().allSatisfy { $0.opcode != 8 }, "\(number): \(frames)")
        return frames.last?.closeCode ?? 0
    }
}
