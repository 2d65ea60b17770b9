import CProcess
import Essentials
import NIOCore
import Synchronization
public import SystemPackage

/// One end of a connection between two of our processes: a Unix socket made as one of a pair, so no other process can
/// connect to it.
///
/// Its calls block.
public final class LinkSocket: Sendable {
    /// The socket.
    public let descriptor: CInt
    private let received = Mutex(ByteBuffer())

    /// Takes ownership of a descriptor.
    public init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Makes both ends of a connection; child processes do not inherit them.
    ///
    /// - Returns: The two ends, which the caller owns.
    /// - Throws: The system's error, such as `EMFILE`.
    public static func pair() throws(Errno) -> (ours: CInt, theirs: CInt) {
        var ends: [CInt] = [-1, -1]
        #if os(Linux)
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        #if !os(Linux)
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                var on: CInt = 1
                setsockopt(end, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<CInt>.size))
            }
        #endif
        return (ends[0], ends[1])
    }

    /// Passes a descriptor to the other end, which gets its own descriptor of the same open file. Does not block.
    ///
    /// - Throws: The system's error: `EAGAIN` if too many passed descriptors await the other end, `EPIPE` if that is
    ///   closed.
    public func pass(_ descriptor: CInt) throws(Errno) {
        guard asr_send_descriptor(self.descriptor, descriptor) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Waits for a descriptor from the other end.
    ///
    /// - Returns: The descriptor, which the caller owns; `nil` if the other end is closed.
    public func takeDescriptor() -> CInt? {
        while true {
            let descriptor = asr_receive_descriptor(self.descriptor)
            if descriptor >= 0 { return descriptor }
            if descriptor == -1 { return nil }
        }
    }

    /// Sends a frame; blocks until the socket's buffer has room.
    ///
    /// - Throws: The system's error: `EPIPE` or `ECONNRESET` if the other end is closed.
    public func send(_ frame: Frame) throws(Errno) {
        var bytes = ByteBuffer()
        frame.write(into: &bytes)
        while bytes.readableBytes > 0 {
            let count = bytes.withUnsafeReadableBytes { bytes in
                #if os(Linux)
                    Essentials.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
                #else
                    Essentials.send(descriptor, bytes.baseAddress, bytes.count, 0)
                #endif
            }
            if count < 0 {
                guard errno == EINTR else { throw Errno(rawValue: errno) }
                continue
            }
            bytes.moveReaderIndex(forwardBy: count)
        }
    }

    /// Waits for the next frame. Reads no byte after it, so descriptors may follow.
    ///
    /// - Parameters:
    ///   - limit: The most bytes of content.
    ///   - patience: The timeout for the whole frame; `nil` for none.
    /// - Returns: `nil` if the other end is closed; an incomplete frame is ignored.
    /// - Throws: `FrameError` if the bytes are no acceptable frame, or the timeout has passed.
    public func receive(limit: Int, within patience: Duration? = nil) throws(FrameError) -> Frame? {
        let deadline = patience.map { ContinuousClock.now + $0 }
        return try received.withLock { buffer throws(FrameError) in
            while true {
                if let frame = try Frame.take(from: &buffer, limit: limit) {
                    buffer.discardReadBytes()
                    return frame
                }
                if let patience, let deadline, !hasInput(before: deadline) { throw .late(patience) }
                let wanted = Self.missing(in: buffer)
                let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { room in
                    var count = 0
                    repeat { count = read(descriptor, room.baseAddress, wanted) } while count < 0 && errno == EINTR
                    return max(0, count)
                }
                guard count > 0 else { return nil }
            }
        }
    }

    /// Shuts the connection down in both directions. A thread blocked in `receive` or `send` returns at once.
    public func hangUp() {
        shutdown(descriptor, CInt(SHUT_RDWR))
    }

    /// Waits until there is something to read, or the connection has ended.
    private func hasInput(before deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { return false }
            var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&question, 1, Int32(min(left.rounded(.up), 1e9)))
            // The next read reports an error.
            if count > 0 || count < 0 && errno != EINTR { return true }
        }
    }

    /// The outcome of `receiveIfReady`.
    public enum Reception: Sendable {
        /// A complete frame.
        case frame(Frame)
        /// No complete frame yet.
        case nothing
        /// The other end is closed, or sends no more; an incomplete frame is ignored.
        case end
    }

    /// Waits briefly for the next frame: reads at most once, whatever number of bytes that yields.
    ///
    /// - Parameters:
    ///   - limit: The most bytes of content.
    ///   - wait: How long to wait for bytes.
    /// - Returns: The frame, if it is complete.
    /// - Throws: `FrameError` if the bytes are no acceptable frame.
    public func receiveIfReady(limit: Int, within wait: Duration) throws(FrameError) -> Reception {
        try received.withLock { buffer throws(FrameError) in
            if let frame = try Frame.take(from: &buffer, limit: limit) { return .frame(frame) }
            guard hasNews(within: wait) else { return .nothing }
            buffer.discardReadBytes()
            var isInterrupted = false
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceLength) { room in
                let count = read(descriptor, room.baseAddress, Self.pieceLength)
                isInterrupted = count < 0 && [EINTR, EAGAIN].contains(errno)
                return max(0, count)
            }
            if isInterrupted { return .nothing }
            guard count > 0 else { return .end }
            return try Frame.take(from: &buffer, limit: limit).map(Reception.frame) ?? .nothing
        }
    }

    /// Waits until there is something to read, or the other end sends no more.
    ///
    /// - Parameter wait: The timeout.
    /// - Returns: `false` after the timeout.
    public func hasNews(within wait: Duration) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, CInt(wait / .milliseconds(1))) > 0
    }

    /// Shuts down sending; the other end may still send.
    public func finish() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    private static let pieceLength = 1 << 16

    /// How many bytes the frame still needs; those of its length first. At most `pieceLength`.
    private static func missing(in buffer: ByteBuffer) -> Int {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else {
            return 4 - buffer.readableBytes
        }
        return min(4 + Int(length) - buffer.readableBytes, pieceLength)
    }
}
