import CFFmpeg

/// The decoder of one audio stream.
struct CodecContext: ~Copyable {
    /// What is resampled, in Hz; files outside have a damaged header.
    static let sampleRates = 1_000...768_000
    /// No accepted codec puts more samples into one frame (TTA: about one second at any rate).
    private static let maximumFrameLength: Int64 = 1 << 20

    /// What a decoder may answer when asked for a frame.
    enum Answer {
        case frame, needsPacket, ended
        case failed(FFmpegError)
    }

    private let pointer: UnsafeMutablePointer<AVCodecContext>

    private init(taking pointer: UnsafeMutablePointer<AVCodecContext>) {
        self.pointer = pointer
    }

    /// Makes a decoder that is ready for a stream's packets.
    static func open(for stream: AVStream) throws(FFmpegError) -> CodecContext {
        guard let decoder = avcodec_find_decoder(stream.codecpar.pointee.codec_id) else {
            throw FFmpegError(ffmpegDecoderNotFound)
        }
        guard let pointer = avcodec_alloc_context3(decoder) else { throw FFmpegError(ffmpegOutOfMemory) }
        let context = CodecContext(taking: pointer)
        try FFmpegError.check(avcodec_parameters_to_context(pointer, stream.codecpar))
        try FFmpegError.check(av_opt_set(pointer, "codec_whitelist", AllowList.decoders, 0))
        pointer.pointee.pkt_timebase = stream.time_base
        pointer.pointee.max_samples = maximumFrameLength
        pointer.pointee.thread_count = 1  // the lanes share the cores, not the decoders
        try FFmpegError.check(avcodec_open2(pointer, decoder, nil))
        return context
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&context)
    }

    /// Hands the next packet over; to be called when the decoder needs one.
    mutating func send(_ packet: borrowing Packet) throws(FFmpegError) {
        try FFmpegError.check(avcodec_send_packet(pointer, packet.pointer))
    }

    /// Says that no packet follows: the decoder gives out what it still holds, then `ended`.
    mutating func sendEnd() {
        avcodec_send_packet(pointer, nil)  // fails only if already said
    }

    mutating func receive(into frame: borrowing Frame) -> Answer {
        switch avcodec_receive_frame(pointer, frame.pointer) {
        case 0...: .frame
        case ffmpegTryAgain: .needsPacket
        case ffmpegEndOfFile: .ended
        case let status: .failed(FFmpegError(status))
        }
    }
}
