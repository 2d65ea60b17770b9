import CFFmpeg

/// The decoder of one audio stream.
struct CodecContext: ~Copyable {
    /// The accepted sample rates, in Hz; others are a sign of a damaged header.
    static let sampleRates = 1_000...768_000
    /// The most samples in a frame of any accepted codec (TTA: about one second at any rate).
    private static let maximumFrameLength: Int64 = 1 << 20

    enum Answer { case frame, needsPacket, ended, failed }

    private let pointer: UnsafeMutablePointer<AVCodecContext>

    static func open(for stream: AVStream) throws(FFmpegError) -> CodecContext {
        guard let decoder = avcodec_find_decoder(stream.codecpar.pointee.codec_id) else {
            throw FFmpegError(ffmpegDecoderNotFound)
        }
        guard let pointer = avcodec_alloc_context3(decoder) else { throw FFmpegError(ffmpegOutOfMemory) }
        let context = CodecContext(pointer: pointer)
        try FFmpegError.check(avcodec_parameters_to_context(pointer, stream.codecpar))
        try FFmpegError.check(av_opt_set(pointer, "codec_whitelist", AllowList.decoders, 0))
        pointer.pointee.pkt_timebase = stream.time_base
        pointer.pointee.max_samples = maximumFrameLength
        pointer.pointee.thread_count = 1  // the lanes use the cores
        try FFmpegError.check(avcodec_open2(pointer, decoder, nil))
        return context
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&context)
    }

    /// Sends the next packet, and returns whether the decoder accepts it; call it after `needsPacket`.
    mutating func send(_ packet: borrowing Packet) -> Bool {
        avcodec_send_packet(pointer, packet.pointer) >= 0
    }

    /// Marks the end of the packets: the decoder returns its remaining frames, then `ended`.
    mutating func sendEnd() {
        avcodec_send_packet(pointer, nil)  // fails only if called before
    }

    mutating func receive(into frame: borrowing Frame) -> Answer {
        switch avcodec_receive_frame(pointer, frame.pointer) {
        case 0...: .frame
        case ffmpegTryAgain: .needsPacket
        case ffmpegEndOfFile: .ended
        default: .failed
        }
    }
}
