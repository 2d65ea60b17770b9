import CProcess
import Essentials
import NIOCore
import Synchronization
package import SystemPackage

/// One end of a connection between two of our processes: a Unix socket made as one of a pair, so no other process can
/// connect to it.
///
/// Its calls block.
package final class LinkSocket: Sendable {
    package let descriptor: CInt
    private let received = Mutex(ByteBuffer())

    package init(owning descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Makes both ends of a connection, which the caller owns; child processes do not inherit them.
    ///
    /// - Throws: The system's error, such as `EMFILE`.
    package static func pair() throws(Errno) -> (ours: CInt, theirs: CInt) {
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
    package func pass(_ descriptor: CInt) throws(Errno) {
        guard asr_send_descriptor(self.descriptor, descriptor) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Waits for a descriptor from the other end, which the caller owns; `nil` if the other end is closed.
    package func takeDescriptor() -> CInt? {
        while true {
            let descriptor = asr_receive_descriptor(self.descriptor)
            if descriptor >= 0 { return descriptor }
            if descriptor == -1 { return nil }
        }
    }

    /// Sends a frame; blocks until the socket's buffer has room.
    ///
    /// - Throws: The system's error: `EPIPE` or `ECONNRESET` if the other end is closed.
    package func send(_ frame: Frame) throws(Errno) {
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

    /// Waits for the next frame; `nil` if the other end is closed. Reads no byte after it, so descriptors may follow.
    ///
    /// - Throws: `FrameError` if the bytes are no frame with at most `limit` bytes of content, or the timeout for the
    ///   whole frame has passed.
    package func receive(limit: Int, within patience: Duration? = nil) throws(FrameError) -> Frame? {
        let deadline = patience.map { ContinuousClock.now + $0 }
        return try received.withLock { buffer throws(FrameError) in
            while true {
                if let frame = try Frame.take(from: &buffer, limit: limit) {
                    buffer.discardReadBytes()
                    return frame
                }
                if let patience, let deadline, !hasInput(before: deadline) { throw .late(patience) }
                var count = 0
                repeat { count = read(Self.missing(in: buffer), into: &buffer) } while count < 0 && errno == EINTR
                guard count > 0 else { return nil }
            }
        }
    }

    /// Waits until there is something to read, or the connection has ended.
    private func hasInput(before deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { return false }
            let count = poll(milliseconds: CInt(min(left.rounded(.up), 1e9)))
            // The next read reports an error.
            if count > 0 || count < 0 && errno != EINTR { return true }
        }
    }

    /// The outcome of `receiveIfReady`.
    package enum Reception: Sendable {
        case frame(Frame)
        /// No complete frame yet.
        case nothing
        /// The other end is closed, or sends no more; an incomplete frame is ignored.
        case end
    }

    /// Waits briefly for the next frame: reads at most once, whatever number of bytes that yields.
    ///
    /// - Throws: `FrameError` if the bytes are no frame with at most `limit` bytes of content.
    package func receiveIfReady(limit: Int, within wait: Duration) throws(FrameError) -> Reception {
        try received.withLock { buffer throws(FrameError) in
            if let frame = try Frame.take(from: &buffer, limit: limit) { return .frame(frame) }
            guard hasNews(within: wait) else { return .nothing }
            buffer.discardReadBytes()
            let count = read(Self.pieceLength, into: &buffer)
            if count < 0, [EINTR, EAGAIN].contains(errno) { return .nothing }
            guard count > 0 else { return .end }
            return try Frame.take(from: &buffer, limit: limit).map(Reception.frame) ?? .nothing
        }
    }

    /// Waits until there is something to read, or the other end sends no more; `false` after the timeout.
    package func hasNews(within wait: Duration) -> Bool {
        poll(milliseconds: CInt(wait / .milliseconds(1))) > 0
    }

    /// Shuts the connection down in both directions. A thread blocked in `receive` or `send` returns at once.
    package func hangUp() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    /// Shuts down sending; the other end may still send.
    package func finish() { shutdown(descriptor, CInt(SHUT_WR)) }

    private func poll(milliseconds: CInt) -> CInt {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Essentials.poll(&watched, 1, milliseconds)
    }

    /// Reads up to `most` bytes once, and returns what read(2) returned.
    private func read(_ most: Int, into buffer: inout ByteBuffer) -> Int {
        var count = 0
        _ = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: most) { room in
            count = Essentials.read(descriptor, room.baseAddress, most)
            return max(0, count)
        }
        return count
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
