import CFFmpeg

/// What the header, or the first packets, tell of a stream of sound.
struct StreamInfo {
    let index: Int
    let codec: AVCodecID
    let sampleRate: Int
    let channels: Int
    /// Whether the file marks it as the one to play.
    let isDefault: Bool
    /// The unit of its timestamps, in seconds.
    let timeBase: Double
    /// As the stream itself declares it, if it does.
    let duration: Duration?
    /// How many packets the header lists.
    let listedPackets: Int64
    /// How many bytes each packet has, or the longest, as the header states it; 0 if it does not.
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

    /// Whether a decoder can be chosen and prepared by this alone, and FFmpeg counts times rightly.
    ///
    /// A header may name for Opus the rate that the sound had before; FFmpeg then stamps packets by it that have no timestamps
    /// of their own. Opus always has 48 kHz (RFC 7845, section 5.1).
    var isComplete: Bool {
        codec != AV_CODEC_ID_NONE && sampleRate > 0 && channels > 0
            && (codec != AV_CODEC_ID_OPUS || sampleRate == 48_000)
    }

    /// What a second of sound takes in the file; `nil` for codecs that compress by what they hear.
    var bytesPerSecond: Double? {
        let bits = av_get_bits_per_sample(codec)
        return bits > 0 && isComplete ? Double(bits) / 8 * Double(channels) * Double(sampleRate) : nil
    }
}

extension Duration {
    /// A length of time in FFmpeg's units; `nil` if unknown or impossible.
    init?(ffmpegTime time: Int64, in base: AVRational) {
        guard time != ffmpegNoTimestamp, time > 0, base.num > 0, base.den > 0 else { return nil }
        let value = av_rescale_q(time, base, AVRational(num: 1, den: AV_TIME_BASE))
        guard value > 0, value < Int64.max else { return nil }  // av_rescale_q's answers when it overflows
        self = .microseconds(value)
    }
}
