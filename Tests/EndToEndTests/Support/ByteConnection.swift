import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A connection to a server under test on which a test can send arbitrary bytes.
final class ByteConnection: Sendable {
    private let channel: any Channel
    private let received: Received

    private init(_ channel: any Channel, _ received: Received) {
        self.channel = channel
        self.received = received
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - server: The server.
    ///   - reading: Whether to read the server's responses at all.
    /// - Returns: The open connection.
    /// - Throws: An error of the system.
    static func open(to server: ServerProcess, reading: Bool = true) async throws -> ByteConnection {
        let received = Received()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reading)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(received) }
            }
            .connect(host: "127.0.0.1", port: server.port).get()
        return ByteConnection(channel, received)
    }

    /// Sends bytes; throws when the connection is closed.
    func send(_ bytes: some Sequence<UInt8>) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends text; throws when the connection is closed.
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Whether either end has closed it.
    var isClosed: Bool { received.state.withLock { $0.isClosed } }
    /// Whether any unread part of a response has arrived.
    var hasAnswer: Bool { received.state.withLock { !$0.bytes.isEmpty } }

    /// Waits for a response with a content length, and reads it.
    func answer() async throws -> Answer {
        try await untilFound("an answer") {
            try received.state.withLock { state in
                if let answer = state.takeAnswer() { return answer }
                guard !state.isClosed else { throw NeverHappened("The connection was closed before an answer") }
                return nil
            }
        }
    }

    /// Waits until the connection is closed.
    ///
    /// - Returns: The unread data.
    func end() async throws -> String {
        try await eventually("the connection is closed") { isClosed }
        return received.state.withLock { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Closes the connection; if `abruptly`, with a reset (RFC 9293, section 3.5.2).
    func close(abruptly: Bool = false) async throws {
        if abruptly {
            let provider = channel as? any SocketOptionProvider
            try await provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }
}

/// Collects the received data.
private final class Received: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    struct State {
        var bytes = Data()
        var isClosed = false

        /// Removes a response from the start, if it is complete.
        mutating func takeAnswer() -> Answer? {
            guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else { return nil }
            var lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")[...]
            let status = lines.popFirst()?.split(separator: " ").dropFirst().first.flatMap { UInt($0) } ?? 0
            let fields = lines.map {
                $0.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let headers = Dictionary(fields.map { ($0[0].lowercased(), $0.count > 1 ? $0[1] : "") }) { "\($0), \($1)" }
            let length = headers["content-length"].flatMap { Int($0) } ?? 0
            guard bytes.distance(from: end.upperBound, to: bytes.endIndex) >= length else { return nil }
            let body = bytes[end.upperBound...].prefix(length)
            bytes = Data(bytes[body.endIndex...])
            return Answer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
        }
    }

    let state = Mutex(State())

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        state.withLock { $0.bytes += Data(buffer.readableBytesView) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.withLock { $0.isClosed = true }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
