import CFFmpeg

/// One packet of compressed audio; reused for every read.
struct Packet: ~Copyable {
    let pointer: UnsafeMutablePointer<AVPacket>

    init() throws(AudioDecodeFailure) {
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        pointer = packet
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&packet)
    }

    /// The index of the packet's stream.
    var stream: Int { Int(pointer.pointee.stream_index) }

    /// The timestamp at which its audio begins, in the stream's time base; `nil` if unknown.
    var start: Int64? { pointer.pointee.pts == ffmpegNoTimestamp ? nil : pointer.pointee.pts }

    /// The timestamp at which its audio ends, in the stream's time base; `nil` if unknown.
    var end: Int64? {
        guard let start, pointer.pointee.duration > 0 else { return nil }
        let (end, overflow) = start.addingReportingOverflow(pointer.pointee.duration)
        return overflow ? nil : end
    }

    /// The offset in the file of the packet, or of the page in which it begins.
    var position: Int64 { pointer.pointee.pos }

    /// Removes the timestamps.
    func forgetTimestamps() {
        pointer.pointee.pts = ffmpegNoTimestamp
        pointer.pointee.dts = ffmpegNoTimestamp
    }

    /// Whether it has fewer bytes than `size`.
    func isShorter(than size: Int) -> Bool { pointer.pointee.size < size }

    /// Whether the demuxer found it damaged or incomplete.
    var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

    /// The bytes, valid during the call.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: pointer.pointee.data, count: Int(max(0, pointer.pointee.size))))
    }

    /// Releases the bytes, but keeps the packet.
    func clear() { av_packet_unref(pointer) }
}
