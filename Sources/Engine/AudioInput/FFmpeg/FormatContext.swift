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
        avformat_close_input(&context)  // does not free the byte stream, which `bytes` owns
    }

    /// The error of the file system, if a read failed.
    var readError: FFmpegError? { bytes.readError }

    /// The audio streams.
    var audioStreams: [StreamInfo] {
        streams.map(\.pointee).filter { $0.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }.map(StreamInfo.init)
    }

    /// The length of the whole file: from its header, or FFmpeg's estimate after `findStreamInfo`.
    var duration: Duration? {
        Duration(ffmpegTime: pointer.pointee.duration, in: AVRational(num: 1, den: AV_TIME_BASE))
    }

    /// Reads from the first packets what the header lacks. If that fails, the streams stay as they are.
    ///
    /// Call it once: FFmpeg crashes on some files if it is called again.
    mutating func findStreamInfo() {
        // If a header lists no streams, pictures may precede the first audio.
        let mayHavePictures = pointer.pointee.ctx_flags & AVFMTCTX_NOHEADER != 0
        pointer.pointee.probesize = mayHavePictures ? Self.longProbe : Self.shortProbe
        pointer.pointee.max_analyze_duration = Self.probedTime
        avformat_find_stream_info(pointer, nil)
    }

    /// In bytes: enough for the rate of an mp3 or raw AAC.
    private static let shortProbe: Int64 = 1 << 17
    private static let longProbe: Int64 = 1 << 24
    /// In microseconds.
    private static let probedTime: Int64 = 60_000_000

    /// FFmpeg's name of the format; the first of several.
    var format: String { String(String(cString: pointer.pointee.iformat.pointee.name).prefix { $0 != "," }) }

    /// Whether the timestamps are from the sender's clock, which may begin at any number and jump.
    var hasDiscontinuities: Bool { pointer.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0 }

    /// Whether `FileLayout` compares the stated size of the audio with the file's size.
    var hasCheckedSize: Bool { ["wav", "aiff", "au", "caf"].contains(format) }

    /// The length of audio that the header counts in a stream.
    ///
    /// Call it before FFmpeg reads packets: after that it estimates lengths from the bit rate. For compressed audio in
    /// AIFF the length is unknown: some writers count packets, some samples.
    func countedSound(of stream: StreamInfo) -> Duration? {
        format == "aiff" && stream.bytesPerSecond == nil ? nil : stream.duration
    }

    /// The streams of which one is recognised, the likeliest first.
    ///
    /// Several if the file marks none or more than one as the default: any of them may contain the speech.
    func candidates() -> [StreamInfo] {
        // Skips streams of unknown rate or channels. If there are no others, the first of them is used to report the
        // fault.
        let index = av_find_best_stream(pointer, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0 else { return Array(audioStreams.prefix(1)) }
        let best = StreamInfo(of: streams[Int(index)].pointee)
        let complete = audioStreams.filter(\.isComplete)
        guard complete.count(where: \.isDefault) != 1 else { return [best] }
        return [best] + complete.filter { $0.index != best.index && $0.isDefault == best.isDefault }
    }

    /// The timestamp at which the recording begins, in seconds; `nil` if it must be read from the first packets.
    ///
    /// If the header lists all samples of a stream, as in MP4, the clock begins at zero: silence before the first
    /// sample is intended. Streams that can be joined at any moment begin at any number: Ogg pages, packets of a
    /// transport stream, and the later parts of a WebM or a fragmented MP4. They begin at the earliest timestamp of all
    /// streams; the time before was never in the file.
    func timeOfBeginning(for stream: StreamInfo) -> Double? {
        let counts = pointer.pointee.iformat.pointee.flags & (AVFMT_TS_DISCONT | AVFMT_GENERIC_INDEX) != 0
        if !counts, stream.listedPackets > 0 { return 0 }
        return streams.map(\.pointee)
            .filter { BelievedTimestamps(format: format, codec: $0.codecpar.pointee.codec_id).haveStart }
            .compactMap { time($0.start_time, of: $0) }.min()
    }

    /// The timestamp of a packet, in seconds; `nil` if it has none or is a cover picture.
    func start(of packet: borrowing Packet) -> Double? {
        let stream = streams[packet.stream].pointee
        guard stream.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 else { return nil }
        return packet.start.flatMap { time($0, of: stream) }
    }

    /// In seconds; without discontinuities, negative times due to a codec's delay become zero.
    private func time(_ timestamp: Int64, of stream: AVStream) -> Double? {
        guard timestamp != ffmpegNoTimestamp else { return nil }
        let time = Double(timestamp) * av_q2d(stream.time_base)
        return hasDiscontinuities ? time : max(0, time)
    }

    /// Makes the demuxer skip the packets of all other streams.
    mutating func readOnly(_ stream: StreamInfo) {
        for other in streams where Int(other.pointee.index) != stream.index { other.pointee.discard = AVDISCARD_ALL }
    }

    /// Makes the decoder for a stream.
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
