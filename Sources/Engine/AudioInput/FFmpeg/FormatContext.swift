import CFFmpeg

/// An open demuxer and the byte stream that it reads.
struct FormatContext: ~Copyable {
    let pointer: UnsafeMutablePointer<AVFormatContext>
    private let bytes: ByteStream

    private static let silenceLog: Void = av_log_set_level(AV_LOG_QUIET)

    /// Finds the format and reads the header.
    static func open(_ recording: Excerpt) throws(AudioDecodeFailure) -> FormatContext {
        _ = silenceLog
        let format = try FormatProbe.recognise(recording)
        let bytes = try ByteStream(of: recording)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        let restrictions = [
            "format_whitelist": AllowList.demuxers, "codec_whitelist": AllowList.decoders, "protocol_whitelist": "",
            // Do not probe for other codecs in PCM of a WAV file: that takes 3 ms or more a file.
            "max_probe_packets": "0",
        ]
        for (key, value) in restrictions {
            guard av_dict_set(&options, key, value, 0) >= 0 else { throw .outOfMemory }
        }
        var context = avformat_alloc_context()
        guard context != nil else { throw .outOfMemory }
        context?.pointee.pb = bytes.pointer
        context?.pointee.io_open = refuseToOpen
        let status = avformat_open_input(&context, "", format, &options)  // frees the context on failure
        if let context, status >= 0 { return FormatContext(pointer: context, bytes: bytes) }
        if let error = bytes.readError { throw .unreadable(error) }
        throw .undecodable("its \(firstName(of: format)) header is damaged or cut off")
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = pointer
        avformat_close_input(&context)  // does not free the byte stream, which `bytes` owns
    }

    /// The error of the file system, if a read failed.
    var readError: FFmpegError? { bytes.readError }

    var streams: [UnsafeMutablePointer<AVStream>] {
        (0..<Int(pointer.pointee.nb_streams)).compactMap { pointer.pointee.streams[$0] }
    }

    var audioStreams: [StreamInfo] {
        streams.map(\.pointee).filter { $0.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }.map(StreamInfo.init)
    }

    /// Reads from the first packets what the header lacks, if it can. Call it once: FFmpeg crashes on some files if it
    /// is called again.
    mutating func findStreamInfo() {
        // 128 KiB are enough for the rate of an mp3. If a header lists no streams, pictures may precede the audio.
        let mayHavePictures = pointer.pointee.ctx_flags & AVFMTCTX_NOHEADER != 0
        pointer.pointee.probesize = mayHavePictures ? 1 << 24 : 1 << 17
        pointer.pointee.max_analyze_duration = 60_000_000  // microseconds
        avformat_find_stream_info(pointer, nil)
    }

    /// FFmpeg's name of the format; the first of several.
    var format: String { Self.firstName(of: pointer.pointee.iformat) }

    private static func firstName(of format: UnsafePointer<AVInputFormat>) -> String {
        String(String(cString: format.pointee.name).prefix { $0 != "," })
    }

    /// Whether the timestamps are from the sender's clock, which may begin at any number and jump.
    var hasDiscontinuities: Bool { pointer.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0 }

    /// The length of audio that the header counts in a stream. Call it before FFmpeg reads packets, after which it
    /// estimates lengths from the bit rate. In AIFF, some writers count packets of compressed audio, some samples.
    func countedAudio(of stream: StreamInfo) -> Duration? {
        format == "aiff" && stream.bytesPerSecond == nil ? nil : stream.duration
    }

    /// The streams that may contain the speech, the likeliest first: several if the file marks none or more than one as
    /// the default.
    func candidates() -> [StreamInfo] {
        // Skips streams of unknown rate or channels; if all are, the first is used to report the fault.
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
        let canBeJoined = pointer.pointee.iformat.pointee.flags & (AVFMT_TS_DISCONT | AVFMT_GENERIC_INDEX) != 0
        if !canBeJoined, stream.listedPackets > 0 { return 0 }
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
}

/// Refuses the files that playlists and references name: FFmpeg never opens anything but the given bytes.
private func refuseToOpen(
    _: UnsafeMutablePointer<AVFormatContext>?, _: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?,
    _: UnsafePointer<CChar>?, _: Int32, _: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 { ffmpegNotPermitted }
