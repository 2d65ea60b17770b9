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
        await #expect(throws: EngineConnection.Lost.self) { try await Self.text(secondAnswer) }
        #expect(ended == 1)
    }

    @Test func aRefusalIsNoAnswer() async throws {
        let channel = try connected { _ in Issue.record("the connection is not for another request") }
        let (request, text) = Self.request()
        try channel.writeOutbound(request)
        try answer(.internalServerError, "{}\n", on: channel)
        #expect(!channel.isActive)
        await #expect(throws: EngineConnection.Lost.self) { try await Self.text(text) }
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
        await #expect(throws: EngineConnection.Lost.self) { try await Self.text(text) }
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
