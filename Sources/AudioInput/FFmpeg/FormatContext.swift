import CFFmpeg

/// An open demuxer and the byte stream that it reads.
struct FormatContext: ~Copyable {
    private let pointer: UnsafeMutablePointer<AVFormatContext>
    private let bytes: ByteStream

    init(taking pointer: UnsafeMutablePointer<AVFormatContext>, reading bytes: consuming ByteStream) {
        self.pointer = pointer
        self.bytes = bytes
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = pointer
        avformat_close_input(&context)  // leaves the byte stream, which is ours and is freed after this
    }

    /// What the file system answered instead of bytes, if it ever did.
    var readError: FFmpegError? { bytes.readError }

    /// The streams of sound.
    var audioStreams: [StreamInfo] {
        streams.map(\.pointee).filter { $0.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }.map(StreamInfo.init)
    }

    /// How long the whole file is: by its header, or after `findStreamInfo` by FFmpeg's own estimate.
    var duration: Duration? {
        Duration(ffmpegTime: pointer.pointee.duration, in: AVRational(num: 1, den: AV_TIME_BASE))
    }

    /// Learns from the first packets what the header does not tell. If that fails, the streams stay as they are.
    mutating func findStreamInfo(readingAtMost bytes: Int64) {
        pointer.pointee.probesize = bytes
        avformat_find_stream_info(pointer, nil)
    }

    /// The stream to recognise, if there is any with sound.
    func bestAudioStream() -> StreamInfo? {
        // Passes over streams of unknown rate or channels: the first of them still tells what is wrong.
        let index = av_find_best_stream(pointer, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        return index >= 0 ? StreamInfo(of: streams[Int(index)].pointee) : audioStreams.first
    }

    /// Has the demuxer leave out the packets of all streams but one.
    mutating func readOnly(_ stream: StreamInfo) {
        for other in streams where Int(other.pointee.index) != stream.index { other.pointee.discard = AVDISCARD_ALL }
    }

    /// Makes the decoder that fits a stream.
    func makeDecoder(for stream: StreamInfo) throws(FFmpegError) -> CodecContext {
        try CodecContext.open(for: streams[stream.index].pointee)
    }

    /// Reads the next packet of any stream.
    ///
    /// - Returns: The status of `av_read_frame`.
    mutating func read(into packet: borrowing Packet) -> Int32 {
        av_read_frame(pointer, packet.pointer)
    }

    private var streams: [UnsafeMutablePointer<AVStream>] {
        (0..<Int(pointer.pointee.nb_streams)).compactMap { pointer.pointee.streams[$0] }
    }
}
