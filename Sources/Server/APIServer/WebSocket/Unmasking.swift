import NIOCore
import NIOWebSocket

extension WebSocketFrame {
    /// The content without the client's mask (RFC 6455, section 5.3), which is taken off eight bytes at a time.
    ///
    /// NIO's `unmaskedData` goes byte by byte: the largest message would occupy the event loop for half a second.
    var content: ByteBuffer {
        guard let maskKey else { return data }
        var content = data
        content.withUnsafeMutableReadableBytes { bytes in
            let mask = (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(maskKey[$1 & 3]) }.bigEndian
            let end = bytes.count & ~7
            for index in stride(from: 0, to: end, by: 8) {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: word ^ mask, toByteOffset: index, as: UInt64.self)
            }
            for index in end..<bytes.count { bytes[index] ^= maskKey[index & 3] }
        }
        return content
    }
}
