import CFFmpeg

/// The properties of an audio stream, from the header or the first packets.
struct StreamInfo {
    let index: Int
    let codec: AVCodecID
    let sampleRate: Int
    let channels: Int
    /// Whether the file marks it as the default stream.
    let isDefault: Bool
    /// The unit of its timestamps, in seconds.
    let timeBase: Double
    /// The length that the header declares for this stream.
    let duration: Duration?
    /// The number of packets that the header lists.
    let listedPackets: Int64
    /// The bytes of each packet, or of the longest, as the header states it; 0 if unknown.
    let blockSize: Int

    init(of stream: AVStream) {
        let parameters = stream.codecpar.pointee
        index = Int(stream.index)
        codec = parameters.codec_id
        sampleRate = Int(parameters.sample_rate)
        channels = Int(parameters.ch_layout.nb_channels)
        isDefault = stream.disposition & AV_DISPOSITION_DEFAULT != 0
        timeBase = av_q2d(stream.time_base)
        duration = Duration(ffmpegTime: stream.duration, in: stream.time_base)
        listedPackets = stream.nb_frames
        blockSize = Int(parameters.block_align)
    }

    var codecName: String { String(cString: avcodec_get_name(codec)) }

    /// Whether these properties are enough to open a decoder, and FFmpeg's timestamps are right: a header may state the
    /// original sample rate for Opus, by which FFmpeg then counts; Opus always has 48 kHz (RFC 7845, section 5.1).
    var isComplete: Bool {
        codec != AV_CODEC_ID_NONE && sampleRate > 0 && channels > 0
            && (codec != AV_CODEC_ID_OPUS || sampleRate == 48_000)
    }

    /// The bytes of a second of audio in the file; `nil` for codecs of variable size.
    var bytesPerSecond: Double? {
        let bits = av_get_bits_per_sample(codec)
        return bits > 0 && isComplete ? Double(bits) / 8 * Double(channels) * Double(sampleRate) : nil
    }
}

extension Duration {
    /// A duration in FFmpeg's units; `nil` if unknown or impossible.
    init?(ffmpegTime time: Int64, in base: AVRational) {
        guard time != ffmpegNoTimestamp, time > 0, base.num > 0, base.den > 0 else { return nil }
        let value = av_rescale_q(time, base, AVRational(num: 1, den: AV_TIME_BASE))
        guard value > 0, value < Int64.max else { return nil }  // the results of av_rescale_q on overflow
        self = .microseconds(value)
    }
}
