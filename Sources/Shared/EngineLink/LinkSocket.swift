import CProcess
import Essentials
import NIOCore
import Synchronization
public import SystemPackage

/// One end of a connection between two of our processes: a Unix socket that was made together with its other end, so that
/// nobody else can come between.
///
/// Its calls block.
public final class LinkSocket: Sendable {
    /// The socket.
    public let descriptor: CInt
    private let received = Mutex(ByteBuffer())

    /// Owns a descriptor from now on.
    public init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Makes both ends of a connection; neither is passed on to programs that this process starts.
    ///
    /// - Returns: The two ends, which the caller owns.
    /// - Throws: What the system says, such as `EMFILE`.
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

    /// Passes a descriptor to the other end, which gets one of its own for the same file. Does not wait.
    ///
    /// - Throws: What the system says: `EAGAIN` if the other end has not taken enough of those before, `EPIPE` if it is gone.
    public func pass(_ descriptor: CInt) throws(Errno) {
        guard asr_send_descriptor(self.descriptor, descriptor) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Waits for a descriptor that the other end passes.
    ///
    /// - Returns: The descriptor, which the caller owns; `nil` when the other end is gone.
    public func takeDescriptor() -> CInt? {
        while true {
            let descriptor = asr_receive_descriptor(self.descriptor)
            if descriptor >= 0 { return descriptor }
            if descriptor == -1 { return nil }
        }
    }

    /// Sends a frame, and waits until there is room for it.
    ///
    /// - Throws: What the system says: `EPIPE` or `ECONNRESET` if the other end is gone.
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

    /// Waits for the next frame. It reads no byte behind it unless more frames are asked for, so that descriptors may follow.
    ///
    /// - Parameters:
    ///   - limit: The most bytes of content.
    ///   - patience: How long the whole frame may take to come; `nil` for as long as it takes.
    /// - Returns: `nil` when the other end is gone; half a frame counts for nothing.
    /// - Throws: `FrameError` if what comes is none, or comes too late.
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

    /// Ends the connection in both directions. A thread that waits for a frame or sends one goes on at once.
    public func hangUp() {
        shutdown(descriptor, CInt(SHUT_RDWR))
    }

    /// Waits until something can be read, or the connection has ended.
    private func hasInput(before deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { return false }
            var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&question, 1, Int32(min(left.rounded(.up), 1e9)))
            // An error shows when it is read.
            if count > 0 || count < 0 && errno != EINTR { return true }
        }
    }

    /// What came in the time that was given.
    public enum Reception: Sendable {
        /// A frame.
        case frame(Frame)
        /// No frame yet.
        case nothing
        /// The other end is gone, or says nothing more; half a frame counts for nothing.
        case end
    }

    /// Waits for the next frame, but not for long: it looks once for more bytes, however few there are.
    ///
    /// - Parameters:
    ///   - limit: The most bytes of content.
    ///   - wait: How long to wait for bytes.
    /// - Returns: The frame, if it is complete.
    /// - Throws: `FrameError` if what comes is none.
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

    /// Waits until the other end says something, or nothing more.
    ///
    /// - Parameter wait: How long to wait for it.
    /// - Returns: Whether it did.
    public func hasNews(within wait: Duration) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, CInt(wait / .milliseconds(1))) > 0
    }

    /// Says that nothing more will be said. The other end may go on.
    public func finish() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    private static let pieceLength = 1 << 16

    /// How many bytes the frame that has begun lacks: those of its length first.
    private static func missing(in buffer: ByteBuffer) -> Int {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else {
            return 4 - buffer.readableBytes
        }
        return min(4 + Int(length) - buffer.readableBytes, pieceLength)
    }
}
