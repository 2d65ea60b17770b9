import CFFmpeg

/// One packet of compressed audio; filled and emptied over and over.
struct Packet: ~Copyable {
    let pointer: UnsafeMutablePointer<AVPacket>

    init() throws(Refusal) {
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        pointer = packet
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&packet)
    }

    /// The index of the stream it belongs to.
    var stream: Int { Int(pointer.pointee.stream_index) }

    /// Drops the bytes, keeps the packet.
    func clear() { av_packet_unref(pointer) }
}
