import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A connection to a server under test on which a test sends what it likes, byte for byte.
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
    ///   - server: To whom.
    ///   - reading: Whether what the server sends is taken at all.
    /// - Returns: The open connection.
    /// - Throws: What the system says.
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

    /// Whether an end has closed it.
    var isClosed: Bool { received.state.withLock { $0.isClosed } }
    /// Whether any of an answer has come that was not taken yet.
    var hasAnswer: Bool { received.state.withLock { !$0.bytes.isEmpty } }

    /// Waits for an answer that says its length, and takes it.
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
    /// - Returns: What came and was not taken.
    func end() async throws -> String {
        try await eventually("the connection is closed") { isClosed }
        return received.state.withLock { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Closes the connection; `abruptly`, the server is told that it is broken (RFC 9293, section 3.5.2).
    func close(abruptly: Bool = false) async throws {
        if abruptly {
            let provider = channel as? any SocketOptionProvider
            try await provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }
}

/// Keeps what comes.
private final class Received: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    struct State {
        var bytes = Data()
        var isClosed = false

        /// Takes an answer off the beginning, if all of it is there.
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
