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
    ///
    /// To be called once: FFmpeg crashes over some files when it is asked again.
    mutating func findStreamInfo() {
        // Where a header lists no streams, there may be pictures before the first sound.
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

    /// What FFmpeg calls the format; the first of several names.
    var format: String { String(String(cString: pointer.pointee.iformat.pointee.name).prefix { $0 != "," }) }

    /// Whether its timestamps are a clock of the sender's, which may begin and go on at any number.
    var hasDiscontinuities: Bool { pointer.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0 }

    /// Whether `FileLayout` compares the size of the sound that the header states with that of the file.
    var hasCheckedSize: Bool { ["wav", "aiff", "au", "caf"].contains(format) }

    /// How much sound the header counts in a stream.
    ///
    /// Before FFmpeg looks at packets: it then makes estimates from the bit rate, which nobody declared. Of compressed sound
    /// in AIFF nothing is known: some writers count packets, some samples.
    func countedSound(of stream: StreamInfo) -> Duration? {
        format == "aiff" && stream.bytesPerSecond == nil ? nil : stream.duration
    }

    /// The streams to recognise one of, the likeliest first.
    ///
    /// One of several if the file marks none as the default, or all: any of them may have the speech.
    func candidates() -> [StreamInfo] {
        // Passes over streams of unknown rate or channels: the first of them still tells what is wrong.
        let index = av_find_best_stream(pointer, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0 else { return Array(audioStreams.prefix(1)) }
        let best = StreamInfo(of: streams[Int(index)].pointee)
        let complete = audioStreams.filter(\.isComplete)
        guard complete.count(where: \.isDefault) != 1 else { return [best] }
        return [best] + complete.filter { $0.index != best.index && $0.isDefault == best.isDefault }
    }

    /// The timestamp at which the recording begins, in seconds; `nil` if the first packets tell it.
    ///
    /// If the header lists all samples of a stream, as in MP4, the clock begins at zero: a lead was written on purpose. What
    /// may be joined at any moment counts from any number. Its beginning is the earliest timestamp of all streams, and the
    /// time before that was never in the file: pages of Ogg, packets of a transport stream, and the later pieces of a WebM or
    /// of an MP4 in fragments.
    func timeOfBeginning(for stream: StreamInfo) -> Double? {
        let counts = pointer.pointee.iformat.pointee.flags & (AVFMT_TS_DISCONT | AVFMT_GENERIC_INDEX) != 0
        if !counts, stream.listedPackets > 0 { return 0 }
        return streams.map(\.pointee)
            .filter { BelievedTimestamps(format: format, codec: $0.codecpar.pointee.codec_id).haveStart }
            .compactMap { time($0.start_time, of: $0) }.min()
    }

    /// The timestamp of a packet, in seconds, if it has one and is no cover picture.
    func start(of packet: borrowing Packet) -> Double? {
        let stream = streams[packet.stream].pointee
        guard stream.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 else { return nil }
        return packet.start.flatMap { time($0, of: stream) }
    }

    /// In seconds; zero for what is before it by a codec's delay, on a clock that begins there.
    private func time(_ timestamp: Int64, of stream: AVStream) -> Double? {
        guard timestamp != ffmpegNoTimestamp else { return nil }
        let time = Double(timestamp) * av_q2d(stream.time_base)
        return hasDiscontinuities ? time : max(0, time)
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
