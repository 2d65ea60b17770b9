import NIOCore

extension HeardSound {
    /// The count that stands for "no detector".
    private static let unknown = UInt16.max

    /// The audio as a frame: the number of windows in two bytes (65535 without a detector), a byte for each window, the
    /// samples.
    public var frame: Frame {
        var content = ByteBuffer()
        content.writeInteger(speech.map { UInt16($0.count) } ?? Self.unknown)
        content.writeBytes((speech ?? []).lazy.map { $0 ? 1 : 0 })
        _ = samples.withUnsafeBytes { content.writeBytes($0) }
        return Frame(.samples, content)
    }

    /// Reads the audio in a frame. NaN becomes 0, and samples beyond full scale are clipped.
    ///
    /// - Returns: `nil` if the frame has other content.
    public init?(_ frame: Frame) {
        var content = frame.content
        guard frame.kind == .samples, let count = content.readInteger(as: UInt16.self) else { return nil }
        if count != Self.unknown {
            guard let flags = content.readBytes(length: Int(count)), flags.allSatisfy({ $0 <= 1 }) else { return nil }
            speech = flags.map { $0 == 1 }
        }
        let size = MemoryLayout<Float>.size
        guard content.readableBytes % size == 0 else { return nil }
        samples = content.withUnsafeReadableBytes { bytes in
            stride(from: 0, to: bytes.count, by: size).map { offset in
                let sample = bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
                return sample.isNaN ? 0 : min(max(sample, -1), 1)
            }
        }
    }
}
