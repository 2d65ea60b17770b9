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
    /// - Parameter limit: The most bytes of content.
    /// - Returns: `nil` when the other end is gone; half a frame counts for nothing.
    /// - Throws: `FrameError` if what comes is none.
    public func receive(limit: Int) throws(FrameError) -> Frame? {
        try received.withLock { buffer throws(FrameError) in
            while true {
                if let frame = try Frame.take(from: &buffer, limit: limit) {
                    buffer.discardReadBytes()
                    return frame
                }
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

    /// How many bytes the frame that has begun lacks: those of its length first.
    private static func missing(in buffer: ByteBuffer) -> Int {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else {
            return 4 - buffer.readableBytes
        }
        return min(4 + Int(length) - buffer.readableBytes, 1 << 16)
    }
}
