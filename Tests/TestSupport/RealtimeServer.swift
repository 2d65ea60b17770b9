import Crypto
public import Foundation
import NIOCore
import Synchronization

/// A server with live sessions that behave as a test wants, well or badly. Recordings that are sent as files get the
/// text `as a file`.
public struct RealtimeServer: Sendable {
    /// What happens to a connection that asks for a live session. The connection ends when it returns.
    public typealias Session = @Sendable (inout RealtimePeer) async throws -> Void

    fileprivate final class State: Sendable {
        let sessions: [Session]
        let isOurs: Bool
        let counts = Mutex((requests: [String](), files: 0))

        init(_ sessions: [Session], isOurs: Bool) {
            self.sessions = sessions
            self.isOurs = isOurs
        }
    }

    fileprivate let state: State
    /// The port that it listens on.
    public let port: Int

    /// The base URL of its API.
    public var url: String { "http://127.0.0.1:\(port)/v1" }
    /// The heads of the requests for live sessions so far.
    public var requests: [String] { state.counts.withLock { $0.requests } }
    /// How many recordings were sent as files.
    public var files: Int { state.counts.withLock { $0.files } }
}

/// Runs `body` with a server whose live sessions follow these scripts in turn; the last one repeats. `isOurs` says
/// whether its list of models looks like asr2clip's.
public func withRealtimeServer<R: Sendable>(
    isOurs: Bool = true, _ sessions: [RealtimeServer.Session], isolation: isolated (any Actor)? = #isolation,
    _ body: (RealtimeServer) async throws -> R
) async throws -> R {
    let state = RealtimeServer.State(sessions, isOurs: isOurs)
    return try await withTestServer(serving: { try await state.serve($0) }, isolation: isolation) { port in
        try await body(RealtimeServer(state: state, port: port))
    }
}

extension RealtimeServer.State {
    fileprivate func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { bytes, writer in
            var peer = RealtimePeer(bytes: bytes.makeAsyncIterator(), writer: writer)
            while let head = try await peer.readHead() {
                if head.hasPrefix("GET /v1/realtime") {
                    let session = counts.withLock { counts in
                        counts.requests.append(head)
                        return sessions[min(counts.requests.count, sessions.count) - 1]
                    }
                    return try await session(&peer)
                }
                if head.hasPrefix("POST ") { counts.withLock { $0.files += 1 } }
                try await peer.answer(200, head.hasPrefix("POST ") ? #"{"text": "as a file"}"# : models)
            }
        }
    }

    private var models: String {
        isOurs
            ? #"{"data": [{"id": "ours", "owned_by": "local", "status": "ready"}]}"#
            : #"{"data": [{"id": "theirs", "owned_by": "somebody"}]}"#
    }
}

/// The server's end of a live session.
public struct RealtimePeer {
    /// An event of the client.
    public struct Event: Sendable {
        /// Its type.
        public var type: String
        /// The audio of an append.
        public var audio: Data
        /// The whole message.
        public var message: String
    }

    /// What the client has sent since the last commit or clear.
    public private(set) var audio = Data()
    /// The head of the client's request.
    public private(set) var head = ""

    fileprivate var bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    fileprivate let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var waiting = Data()
    private var items = 0

    fileprivate init(
        bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.bytes = bytes
        self.writer = writer
    }

    // MARK: HTTP

    /// Sends a whole response.
    public func answer(_ status: Int, _ body: String = "{}") async throws {
        try await send(
            "HTTP/1.1 \(status) Words\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body)
    }

    /// Makes the connection a WebSocket.
    public func accept() async throws {
        let key = head.firstMatch(of: /(?i)sec-websocket-key: (\S+)/).map { String($0.1) } ?? ""
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        try await send(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(Data(digest).base64EncodedString())\r\n\r\n")
    }

    fileprivate mutating func readHead() async throws -> String? {
        let end = Data("\r\n\r\n".utf8)
        while waiting.range(of: end) == nil { guard try await more() else { return nil } }
        guard let range = waiting.range(of: end) else { return nil }
        head = String(decoding: waiting[..<range.lowerBound], as: UTF8.self)
        waiting = Data(waiting[range.upperBound...])
        let length = head.firstMatch(of: /(?i)content-length: (\d+)/).flatMap { Int($0.1) } ?? 0
        while waiting.count < length { guard try await more() else { return nil } }
        waiting = Data(waiting.dropFirst(length))
        return head
    }

    // MARK: WebSocket

    /// Sends bytes as they are.
    public func send(_ bytes: some Sequence<UInt8> & Sendable) async throws {
        try await writer.write(ByteBuffer(bytes: bytes))
    }

    /// Sends a text as it is.
    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends a frame; `mask` and `first` make invalid ones.
    public func frame(_ content: [UInt8], opcode: UInt8 = 1, first: UInt8 = 0x80, masked: Bool = false) async throws {
        var bytes = [first | opcode]
        let bit: UInt8 = masked ? 0x80 : 0
        switch content.count {
        case ...125: bytes.append(bit | UInt8(content.count))
        case ...0xFFFF: bytes += [bit | 126, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        default: bytes += [bit | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
        }
        try await send(bytes + (masked ? [0, 0, 0, 0] : []) + content)
    }

    /// Sends an event.
    public func say(_ event: String) async throws { try await frame(Array(event.utf8)) }

    /// Closes the WebSocket with a code.
    public func close(_ code: UInt16) async throws {
        try await frame([UInt8(code >> 8), UInt8(code & 0xFF)], opcode: 8)
    }

    /// The next event of the client; `nil` when the client has gone.
    public mutating func next() async throws -> Event? {
        while let (opcode, content) = try await nextFrame() {
            guard opcode != 8 else { return nil }
            guard opcode == 1, let object = try JSONSerialization.jsonObject(with: content) as? [String: Any] else {
                continue
            }
            let added = (object["audio"] as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
            audio += added
            return Event(
                type: object["type"] as? String ?? "", audio: added, message: String(decoding: content, as: UTF8.self))
        }
        return nil
    }

    /// Waits for the client's next event of a type; `nil` when the client has gone.
    public mutating func next(_ type: String) async throws -> Event? {
        while let event = try await next() { if event.type == type { return event } }
        return nil
    }

    /// Waits for the client's next ping, and answers it; `false` when the client has gone.
    public mutating func answerPing() async throws -> Bool {
        while let (opcode, content) = try await nextFrame() {
            guard opcode == 9 else { continue }
            try await frame(Array(content), opcode: 10)
            return true
        }
        return false
    }

    private mutating func nextFrame() async throws -> (UInt8, Data)? {
        func size(_ bytes: Data) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
        guard let start = try await take(2) else { return nil }
        // A client's frames are masked (RFC 6455, section 5.1).
        guard start[1] & 0x80 != 0 else { throw NeverHappened("A masked frame") }
        var length = Int(start[1] & 0x7F)
        if length >= 126 {
            guard let bytes = try await take(length == 126 ? 2 : 8) else { return nil }
            length = size(bytes)
        }
        guard let mask = try await take(4), let content = try await take(length) else { return nil }
        return (start[0] & 0x0F, Data(content.enumerated().map { $1 ^ mask[$0 & 3] }))
    }

    private mutating func take(_ count: Int) async throws -> Data? {
        while waiting.count < count { guard try await more() else { return nil } }
        defer { waiting = Data(waiting.dropFirst(count)) }
        return Data(waiting.prefix(count))
    }

    private mutating func more() async throws -> Bool {
        guard let piece = try await bytes.next() else { return false }
        waiting += Data(piece.readableBytesView)
        return true
    }

    // MARK: Sessions

    /// Opens a session as a good server does. Returns the client's configuration.
    @discardableResult
    public mutating func open() async throws -> String {
        try await accept()
        try await say(#"{"type": "session.created", "event_id": "e", "session": {"type": "transcription"}}"#)
        let update = try await next("session.update")?.message ?? ""
        try await say(
            #"{"type": "session.updated", "event_id": "e", "session": {"audio": {"input": {"turn_detection": null}}}}"#)
        return update
    }

    /// Opens a session as a good server does, and waits until the client has sent sound: so it takes part in the session.
    @discardableResult
    public mutating func openAndHear() async throws -> String {
        let update = try await open()
        try await hear(3200)
        return update
    }

    /// The name of the item that the client speaks now.
    public var item: String { "item_\(items)" }

    /// Sends words of the current item.
    public func words(_ words: String) async throws {
        try await say(
            #"{"type": "conversation.item.input_audio_transcription.delta", "item_id": "\#(item)", "delta": "\#(words)"}"#
        )
    }

    /// Waits until the client has sent this much audio since the last commit, in bytes.
    public mutating func hear(_ count: Int) async throws {
        while audio.count < count { guard try await next() != nil else { return } }
    }

    /// Waits for the client's next commit, confirms it, and sends the text; `note` gets the item's audio before. Returns
    /// `false` when the client has gone.
    @discardableResult
    public mutating func complete(_ text: String, note: (Data) -> Void = { _ in }) async throws -> Bool {
        guard try await commit() else { return false }
        note(audio)
        defer {
            audio = Data()
            items += 1
        }
        try await say(
            """
            {"type": "conversation.item.input_audio_transcription.completed", "item_id": "\(item)", \
            "transcript": "\(text)", "usage": {"type": "duration", "seconds": 1}}
            """)
        return true
    }

    /// Waits for the client's next commit and confirms it; returns `false` when the client has gone. Confirms clears on
    /// the way.
    public mutating func commit() async throws -> Bool {
        while let event = try await next() {
            switch event.type {
            case "input_audio_buffer.commit":
                try await say(#"{"type": "input_audio_buffer.committed", "item_id": "\#(item)"}"#)
                return true
            case "input_audio_buffer.clear":
                audio = Data()
                items += 1
                try await say(#"{"type": "input_audio_buffer.cleared"}"#)
            default: break
            }
        }
        return false
    }
}
