import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A client that sends bytes of any kind, and takes the server's apart by itself.
final class SocketClient: Sendable {
    /// A frame of the server.
    struct Frame: Equatable, CustomStringConvertible {
        var opcode: UInt8
        var content: [UInt8]
        var isFinal = true
        var isMasked = false

        static func text(_ text: String) -> Frame { Frame(opcode: 1, content: Array(text.utf8)) }
        static func pong(_ text: String) -> Frame { Frame(opcode: 10, content: Array(text.utf8)) }

        /// The code of a close frame; `nil` for other frames and without a code.
        var closeCode: UInt16? {
            opcode == 8 && content.count >= 2 ? UInt16(content[0]) << 8 | UInt16(content[1]) : nil
        }

        var description: String {
            "\(opcode)\(isFinal ? "" : "…")\(isMasked ? " masked" : "") \(closeCode.map { "\($0) " } ?? "")"
                + String(decoding: content.prefix(200), as: UTF8.self)
        }
    }

    private let channel: any Channel
    private let received: Received

    private init(_ channel: any Channel, _ received: Received) {
        self.channel = channel
        self.received = received
    }

    deinit {
        channel.close(promise: nil)
    }

    static func connect(port: Int, reading: Bool = true) async throws -> SocketClient {
        let received = Received()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reading)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(received) }
            }
            .connect(host: "localhost", port: port).get()
        return SocketClient(channel, received)
    }

    // MARK: HTTP

    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    /// The answer to that key in RFC 6455, section 1.3.
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// The head of a request for a WebSocket.
    static func upgrade(_ path: String = "/socket", changing changes: [String: String?] = [:]) -> String {
        var headers: [String: String?] = [
            "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
        ]
        headers.merge(changes) { $1 }
        let lines = headers.compactMap { name, value in value.map { "\(name): \($0)\r\n" } }
        return "GET \(path) HTTP/1.1\r\n\(lines.joined())\r\n"
    }

    /// Opens a WebSocket on the connection.
    func open(_ path: String = "/socket") async throws {
        try await send(Self.upgrade(path))
        let head = try await answer().head
        guard head.hasPrefix("HTTP/1.1 101 ") else { throw NeverHappened("An upgrade: \(head)") }
    }

    /// Waits for a response, and reads it.
    func answer(hasBody: Bool = true) async throws -> (head: String, body: String) {
        try await untilFound("an answer") { try received.state.withLock { try $0.takeAnswer(hasBody: hasBody) } }
    }

    // MARK: Frames

    /// Makes a frame of a client.
    static func frame(
        _ opcode: UInt8, _ content: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0,
        mask: [UInt8]? = [0x1F, 0x80, 0x00, 0xFF]
    ) -> [UInt8] {
        var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let masked: UInt8 = mask == nil ? 0 : 0x80
        switch content.count {
        case ...125: bytes.append(masked | UInt8(content.count))
        case ...0xFFFF: bytes += [masked | 126, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        default:
            bytes.append(masked | 127)
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
        }
        guard let mask else { return bytes + content }
        bytes += mask
        bytes.reserveCapacity(bytes.count + content.count)
        for (index, byte) in content.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }

    static func text(_ text: String, isFinal: Bool = true) -> [UInt8] { frame(1, Array(text.utf8), isFinal: isFinal) }
    static func close(_ code: UInt16) -> [UInt8] { frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)]) }

    /// Waits for the next frame of the server.
    ///
    /// - Throws: `NeverHappened` if the connection ends before.
    func frame() async throws -> Frame {
        try await untilFound("a frame") { try received.state.withLock { try $0.takeFrame() } }
    }

    /// Waits until the server has closed the connection.
    ///
    /// - Returns: The frames that have not been read.
    /// - Throws: `NeverHappened` if it also sent something else.
    func rest() async throws -> [Frame] {
        try await eventually("the connection ends") { isEnded }
        return try received.state.withLock { state in
            var frames: [Frame] = []
            while state.bytes.readableBytes > 0 {
                guard let frame = try state.takeFrame() else { throw NeverHappened("A whole frame at the end") }
                frames.append(frame)
            }
            return frames
        }
    }

    /// Whether the server sends nothing any more.
    var isEnded: Bool { received.state.withLock { $0.isEnded } }

    // MARK: Bytes

    /// Sends bytes, and waits until the system has taken them.
    func send(_ bytes: some Sequence<UInt8>) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    func send(_ text: String) async throws { try await send(text.utf8) }

    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    func readOn() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    /// Closes the sending side.
    func finish() async throws { try await channel.close(mode: .output) }

    /// Closes the connection; if `abruptly`, with a reset.
    func close(abruptly: Bool = false) async throws {
        if abruptly {
            let provider = channel as? any SocketOptionProvider
            try await provider?.setSoLinger(.init(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }
}

/// Collects what the server sends.
private final class Received: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    struct State {
        var bytes = ByteBuffer()
        var isEnded = false

        mutating func takeAnswer(hasBody: Bool) throws -> (head: String, body: String)? {
            let mark = Array("\r\n\r\n".utf8)
            guard let end = bytes.readableBytesView.firstRange(of: mark)?.upperBound else {
                if isEnded { throw NeverHappened("The connection ended before an answer: \(String(buffer: bytes))") }
                return nil
            }
            let length = end - bytes.readerIndex
            let head = String(decoding: bytes.readableBytesView.prefix(length), as: UTF8.self)
            let size =
                head.lowercased().firstMatch(of: /content-length: (\d+)/).flatMap { hasBody ? Int($0.1) : nil } ?? 0
            guard bytes.readableBytes >= length + size else { return nil }
            bytes.moveReaderIndex(forwardBy: length)
            return (head, bytes.readString(length: size) ?? "")
        }

        mutating func takeFrame() throws -> SocketClient.Frame? {
            var rest = bytes
            guard let first: UInt8 = rest.readInteger(), let second: UInt8 = rest.readInteger() else {
                if isEnded { throw NeverHappened("The connection ended before a frame") }
                return nil
            }
            let length: Int? =
                switch second & 0x7F {
                case 127: rest.readInteger(as: UInt64.self).map(Int.init)
                case 126: rest.readInteger(as: UInt16.self).map(Int.init)
                case let short: Int(short)
                }
            guard let length, let content = rest.readBytes(length: length) else { return nil }
            bytes = rest
            return SocketClient.Frame(
                opcode: first & 0x7F, content: content, isFinal: first & 0x80 != 0, isMasked: second & 0x80 != 0)
        }
    }

    let state = Mutex(State())

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        state.withLock { _ = $0.bytes.writeImmutableBuffer(bytes) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        state.withLock { $0.isEnded = true }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.withLock { $0.isEnded = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
