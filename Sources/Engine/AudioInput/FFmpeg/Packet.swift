import CFFmpeg

/// One packet of compressed audio; filled and emptied over and over.
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

    /// The index of the stream it belongs to.
    var stream: Int { Int(pointer.pointee.stream_index) }

    /// The timestamp at which its sound begins, in the stream's units, if the file tells.
    var start: Int64? { pointer.pointee.pts == ffmpegNoTimestamp ? nil : pointer.pointee.pts }

    /// The timestamp at which its sound ends, in the stream's units, if the file tells.
    var end: Int64? {
        guard let start, pointer.pointee.duration > 0 else { return nil }
        let (end, overflow) = start.addingReportingOverflow(pointer.pointee.duration)
        return overflow ? nil : end
    }

    /// Where in the file it is, or the page in which it begins.
    var position: Int64 { pointer.pointee.pos }

    /// Makes it one of which the file tells no time.
    func forgetTimestamps() {
        pointer.pointee.pts = ffmpegNoTimestamp
        pointer.pointee.dts = ffmpegNoTimestamp
    }

    /// Whether it has fewer bytes than that.
    func isShorter(than size: Int) -> Bool { pointer.pointee.size < size }

    /// Whether the demuxer found damage in it, or bytes missing.
    var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

    /// The bytes, for the length of a call.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: pointer.pointee.data, count: Int(max(0, pointer.pointee.size))))
    }

    /// Drops the bytes, keeps the packet.
    func clear() { av_packet_unref(pointer) }
}
