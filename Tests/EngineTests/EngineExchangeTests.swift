import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Engine

/// One connection to an engine, request after request.
@Suite struct EngineExchangeTests {
    @Test func whoHangsUpTooLateDisturbsNobody() async throws {
        var ended = 0
        let channel = try connected { _ in ended += 1 }
        let (first, firstAnswer) = Self.request()
        try channel.writeOutbound(first)
        try answer(.ok, "1", on: channel)
        #expect(try await Self.text(firstAnswer) == "1")
        #expect(ended == 1)

        let (second, secondAnswer) = Self.request()
        try channel.writeOutbound(second)
        channel.triggerUserOutboundEvent(EngineExchange.HangUp(number: first.number), promise: nil)
        #expect(channel.isActive)
        channel.triggerUserOutboundEvent(EngineExchange.HangUp(number: second.number), promise: nil)
        #expect(!channel.isActive)
        await #expect(throws: EngineConnection.Failure.closed("we hung up")) { try await Self.text(secondAnswer) }
        #expect(ended == 1)
    }

    @Test(arguments: [HTTPResponseStatus.badRequest, .payloadTooLarge, .internalServerError])
    func aRefusalIsToldWithItsWords(status: HTTPResponseStatus) async throws {
        let channel = try connected { _ in Issue.record("the connection is not for another request") }
        let (request, text) = Self.request()
        try channel.writeOutbound(request)
        try answer(status, "no room", on: channel)
        #expect(!channel.isActive)
        await #expect(throws: EngineConnection.Failure.refused(status.code, "no room")) { try await Self.text(text) }
    }

    @Test func oneSentenceOfALongRefusalIsKept() async throws {
        let channel = try connected { _ in }
        let (request, text) = Self.request()
        try channel.writeOutbound(request)
        try channel.writeInbound(HTTPClientResponsePart.head(HTTPResponseHead(version: .http1_1, status: .notFound)))
        for _ in 0..<100 {
            try channel.writeInbound(HTTPClientResponsePart.body(ByteBuffer(repeating: UInt8(ascii: "n"), count: 300)))
        }
        try channel.writeInbound(HTTPClientResponsePart.end(nil))
        await #expect(throws: EngineConnection.Failure.refused(404, String(repeating: "n", count: 1000))) {
            try await Self.text(text)
        }
    }

    @Test func anAnswerWithoutEndIsEnded() async throws {
        let channel = try connected { _ in }
        let (request, text) = Self.request()
        try channel.writeOutbound(request)
        let piece = ByteBuffer(repeating: 0, count: 1 << 20)
        try channel.writeInbound(HTTPClientResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        for _ in 0...(EngineExchange.largestAnswer >> 20) where channel.isActive {
            try channel.writeInbound(HTTPClientResponsePart.body(piece))
        }
        #expect(!channel.isActive)
        await #expect(throws: EngineConnection.Failure.self) {
            for try await _ in text {}
        }
    }

    @Test func silenceEndsARequestThatHasWaitedLongEnoughAndNothingElse() async throws {
        let channel = try connected { _ in Issue.record("the connection is not for another request") }
        func fallSilent() { channel.pipeline.fireUserInboundEventTriggered(IdleStateHandler.IdleStateEvent.read) }
        channel.embeddedEventLoop.advanceTime(by: EngineExchange.patience)
        fallSilent()
        let (request, text) = Self.request()
        try channel.writeOutbound(request)
        channel.embeddedEventLoop.advanceTime(by: EngineExchange.patience - .nanoseconds(1))
        fallSilent()
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .nanoseconds(1))
        fallSilent()
        #expect(!channel.isActive)
        await #expect(throws: EngineConnection.Failure.silent) { try await Self.text(text) }
    }

    private func connected(onEnd: @escaping (any Channel) -> Void) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: EngineExchange(onEnd: onEnd))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/engine")).wait()
        return channel
    }

    private func answer(_ status: HTTPResponseStatus, _ text: String, on channel: EmbeddedChannel) throws {
        let head = HTTPResponseHead(version: .http1_1, status: status)
        let parts: [HTTPClientResponsePart] = [.head(head), .body(ByteBuffer(string: text)), .end(nil)]
        for part in parts { try channel.writeInbound(part) }
    }

    private static func request() -> (EngineExchange.Request, EngineAnswer.Pieces) {
        let (pieces, continuation) = EngineAnswer.Pieces.makeStream()
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/status")
        return (EngineExchange.Request(head: head, body: ByteBuffer(), answer: continuation), pieces)
    }

    private static func text(_ pieces: EngineAnswer.Pieces) async throws -> String {
        try await pieces.reduce(into: "") { $0 += String(buffer: $1) }
    }
}
