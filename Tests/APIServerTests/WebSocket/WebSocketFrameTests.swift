import NIOCore
import NIOWebSocket
import TestSupport
import Testing

@testable import APIServer

/// The frames of RFC 6455, and those that violate it.
struct WebSocketFrameTests {
    typealias Client = SocketClient

    // MARK: Good frames

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000, 21 << 20])
    func messagesOfAllSizesPass(size: Int) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            let content = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            try await client.send(Client.frame(1, content))
            let frame = try await client.frame()
            #expect(frame.opcode == 1 && frame.isFinal && !frame.isMasked && frame.content == content)
        }
    }

    @Test func fragmentsAreJoinedWhereverACharacterIsCut() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            let text = "aé€😀z"
            let bytes = Array(text.utf8)
            for cut in 0...bytes.count {
                try await client.send(Client.frame(1, Array(bytes[..<cut]), isFinal: false))
                try await client.send(Client.frame(0, [], isFinal: false))
                try await client.send(Client.frame(0, Array(bytes[cut...])))
                #expect(try await client.frame() == .text(text))
            }
        }
    }

    @Test func controlFramesBetweenFragmentsAreAnswered() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.text("one ", isFinal: false))
            try await client.send(Client.frame(9, Array("ping".utf8)))
            #expect(try await client.frame() == .pong("ping"))
            try await client.send(Client.frame(10, Array("unasked".utf8)))
            try await client.send(Client.frame(0, Array("two".utf8)))
            #expect(try await client.frame() == .text("one two"))
        }
    }

    @Test func framesMayArriveByteByByte() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            for byte in Client.text("slowly") { try await client.send([byte]) }
            #expect(try await client.frame() == .text("slowly"))
            for byte in Client.frame(9, [7]) { try await client.send([byte]) }
            #expect(try await client.frame().opcode == 10)
        }
    }

    @Test func binaryMessagesArePassedOn() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.frame(2, [0xFF, 0xFE]))
            #expect(try await client.frame().closeCode == 1003)
            try await client.send(Client.close(1003))
            #expect(try await client.rest() == [])
            #expect(try await server.endings(count: 1) == [.byServer(.unacceptableData)])
        }
    }

    // MARK: Closing

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999] as [UInt16])
    func validCodesAreSentBack(code: UInt16) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.close(code))
            #expect(try await client.rest().map(\.closeCode) == [code])
            #expect(try await server.endings(count: 1) == [.byClient(WebSocketErrorCode(codeNumber: Int(code)))])
        }
    }

    @Test func aCloseFrameWithoutCodeIsAnsweredByOne() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.text("last"))
            #expect(try await client.frame() == .text("last"))
            try await client.send(Client.frame(8))
            #expect(try await client.rest() == [Client.Frame(opcode: 8, content: [])])
            #expect(try await server.endings(count: 1) == [.byClient(nil)])
        }
    }

    @Test func nothingIsReadBehindACloseFrame() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.close(1000) + Client.text("more") + [0xFF, 0xFF, 0xFF])
            #expect(try await client.rest().map(\.closeCode) == [1000])
            #expect(try await server.endings(count: 1) == [.byClient(.normalClosure)])
        }
    }

    // MARK: Violations

    struct Violation: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: UInt16
        let bytes: [UInt8]

        init(_ name: String, _ code: UInt16, _ bytes: [UInt8]...) {
            testDescription = name
            self.code = code
            self.bytes = bytes.flatMap { $0 }
        }
    }

    private static let protocolErrors: [Violation] =
        [
            Violation("no mask", 1002, Client.frame(1, [65], mask: nil)),
            Violation("a ping without mask", 1002, Client.frame(9, [65], mask: nil)),
            Violation("a close frame without mask", 1002, Client.frame(8, [3, 232], mask: nil)),
            Violation("a ping in fragments", 1002, Client.frame(9, [65], isFinal: false)),
            Violation("a close frame in fragments", 1002, Client.frame(8, [3, 232], isFinal: false)),
            Violation("a ping of 126 bytes", 1002, Client.frame(9, Array(repeating: 65, count: 126))),
            Violation("a close frame of 126 bytes", 1002, Client.frame(8, Array(repeating: 3, count: 126))),
            Violation("a continuation of nothing", 1002, Client.frame(0, [65])),
            Violation("a continuation of a complete message", 1002, Client.frame(1, [65]), Client.frame(0, [65])),
            Violation("a text in a text", 1002, Client.text("a", isFinal: false), Client.text("b")),
            Violation("a binary in a text", 1002, Client.text("a", isFinal: false), Client.frame(2, [0])),
        ]
    private static let reservedBits = (1...7).map {
        Violation("reserved bits \($0)", 1002, Client.frame(1, [65], reserved: UInt8($0)))
    }
    private static let reservedOpcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map {
        Violation("opcode \($0)", 1002, Client.frame(UInt8($0)))
    }

    private static let closeFrames: [Violation] = [
        Violation("a close frame of one byte", 1002, Client.frame(8, [3])),
        Violation("a reason that is not UTF-8", 1007, Client.frame(8, [3, 232, 0xC0, 0x80])),
    ]
    private static let closeCodes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2999, 5000, 65_535].map {
        Violation("the code \($0)", 1002, Client.close(UInt16($0)))
    }

    private static let badTexts: [[UInt8]] = [
        [0x80], [0xC0, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE2, 0x82],
        [0x61, 0xF0, 0x9F, 0x98], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ]
    private static let notUTF8 = badTexts.flatMap { bytes -> [Violation] in
        let parts = (0...bytes.count).map { cut in
            Violation(
                "\(bytes) in two parts, cut at \(cut)", 1007,
                Client.frame(1, Array(bytes[..<cut]), isFinal: false), Client.frame(0, Array(bytes[cut...])))
        }
        return parts + [Violation("\(bytes)", 1007, Client.frame(1, bytes))]
    }

    private static let tooLarge = [
        Violation("a length above the limit", 1009, [0x81, 0xFF, 0, 0, 0, 0, 0x01, 0x50, 0, 1, 1, 2, 3, 4]),
        Violation("the largest length", 1009, [0x81, 0xFF] + Array(repeating: 0xFF, count: 8)),
        Violation(
            "too many fragments", 1009, Client.text("", isFinal: false),
            Array((0..<4096).map { _ in Client.frame(0, [], isFinal: false) }.joined())),
    ]

    @Test(
        arguments: [protocolErrors, reservedBits, reservedOpcodes, closeFrames, closeCodes, notUTF8, tooLarge].flatMap(
            \.self))
    func aViolationEndsTheWebSocketWithItsCode(violation: Violation) async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.text("before") + violation.bytes + Client.text("after"))
            let frames = try await client.rest()
            // The message before may have been answered or not.
            #expect(frames.last?.closeCode == violation.code, "\(frames)")
            #expect(frames.dropLast().allSatisfy { $0 == .text("before") } && frames.count <= 2)
            let code = WebSocketErrorCode(codeNumber: Int(violation.code))
            #expect(try await server.endings(count: 1) == [.violation(code)])
        }
    }

    @Test func aMessageAboveTheLimitIsRefusedInFragmentsToo() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            let part = [UInt8](repeating: 65, count: 7 << 20)
            try await client.send(Client.frame(1, part, isFinal: false))
            for _ in 0..<2 { try await client.send(Client.frame(0, part, isFinal: false)) }
            try await client.send(Client.frame(0, [65]))
            #expect(try await client.rest().map(\.closeCode) == [1009])
            #expect(try await server.endings(count: 1) == [.violation(.messageTooLarge)])
        }
    }

    @Test func asManyFragmentsAsAllowedPass() async throws {
        try await WebSocketServer.run { server in
            let client = try await server.open()
            try await client.send(Client.text("a", isFinal: false))
            try await client.send((0..<4094).flatMap { _ in Client.frame(0, [98], isFinal: false) })
            try await client.send(Client.frame(0, [99]))
            #expect(try await client.frame() == .text("a" + String(repeating: "b", count: 4094) + "c"))
        }
    }

    // MARK: Masks and UTF-8

    @Test func masksAreTakenOffAsByNIO() {
        var generator = SeededGenerator(seed: 6)
        for size in 0...70 {
            let key = WebSocketMaskingKey.random(using: &generator)
            var data = ByteBuffer(bytes: (0..<size + 3).map { _ in UInt8.random(in: 0...255, using: &generator) })
            data.moveReaderIndex(forwardBy: 3)
            let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: key, data: data)
            #expect(frame.content == frame.unmaskedData)
            #expect(frame.data == data)
        }
    }

    @Test func textsAreCheckedLikeTheStandardLibraryDoes() {
        var generator = SeededGenerator(seed: 8)
        let pieces: [[UInt8]] = [
            [0x41], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80], [0x80], [0xED, 0xA0],
        ]
        var valid = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
                pieces[Int.random(in: 0..<(Bool.random(using: &generator) ? 4 : 6), using: &generator)]
            }
            var check = UTF8Check()
            var rest = bytes[...]
            var isAccepted = true
            repeat {
                let part = rest.prefix(Int.random(in: 0...4, using: &generator))
                rest = rest.dropFirst(part.count)
                isAccepted = isAccepted && check.accepts(ByteBuffer(bytes: part), isLast: rest.isEmpty)
            } while !rest.isEmpty
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(isAccepted == isValid, "\(bytes)")
            valid += isValid ? 1 : 0
        }
        #expect((5_000...18_000).contains(valid))
    }
}
