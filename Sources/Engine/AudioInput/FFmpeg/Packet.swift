import CFFmpeg

/// One packet of compressed audio; reused for every read. Timestamps are in the stream's time base.
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

    /// The timestamp at which its audio begins; `nil` if unknown.
    var start: Int64? { pointer.pointee.pts == ffmpegNoTimestamp ? nil : pointer.pointee.pts }

    /// The timestamp at which its audio ends; `nil` if unknown.
    var end: Int64? {
        guard let start, pointer.pointee.duration > 0 else { return nil }
        let (end, overflow) = start.addingReportingOverflow(pointer.pointee.duration)
        return overflow ? nil : end
    }

    /// In bytes.
    var size: Int { Int(pointer.pointee.size) }

    func forgetTimestamps() {
        pointer.pointee.pts = ffmpegNoTimestamp
        pointer.pointee.dts = ffmpegNoTimestamp
    }

    /// Whether the demuxer found it damaged or incomplete.
    var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

    /// Whether it stands for a pause that a codec leaves out, which FFmpeg cannot decode: AMR's frame type (RFC 4867,
    /// section 5.3) 8 in AMR and 9 in AMR-WB is noise, 15 in both is no data.
    func isPause(of codec: AVCodecID) -> Bool {
        guard size > 0, let first = pointer.pointee.data?.pointee else { return false }
        let type = first >> 3 & 0xF
        switch codec {
        case AV_CODEC_ID_AMR_NB: return type == 8 || type == 15
        case AV_CODEC_ID_AMR_WB: return type == 9 || type == 15
        default: return false
        }
    }
}
