import CFFmpeg
import SpeechTypes

/// Converts frames of any format to mono samples at 16 kHz. The format may change between frames.
struct Resampler: ~Copyable {
    /// The limit of libswresample (SWR_CH_MAX).
    static let maximumChannels = 64

    private var format: SampleFormat?
    /// Converts several channels to floating-point samples, each separately; `nil` for one channel.
    private var separation: SampleConversion?
    private var mixer = ChannelMixer(channels: 1, rate: AudioBuffer.sampleRate)
    /// Resamples one channel to 16 kHz.
    private var resampling: SampleConversion?

    /// Appends the samples of a frame.
    mutating func convert(_ frame: borrowing Frame, into samples: inout [Float]) throws(FFmpegError) {
        if frame.format != format {
            flush(into: &samples)
            try configure(for: frame.format)
        }
        let planes = frame.pointer.pointee.extended_data
        let count = Int(frame.pointer.pointee.nb_samples)
        if let separation {
            samples += try resampling?.convert(mixer.mix(separation.convert(planes, count))) ?? []
        } else {
            samples += try resampling?.convert(planes, count) ?? []
        }
    }

    /// Appends the samples that the filter still holds. The next frame starts afresh.
    mutating func flush(into samples: inout [Float]) {
        while format != nil, let rest = try? resampling?.convert(nil, 0), !rest.isEmpty { samples += rest }
        format = nil
    }

    private mutating func configure(for format: SampleFormat) throws(FFmpegError) {
        self.format = nil
        var mono = format
        separation = nil
        if format.channels > 1 {
            mono = SampleFormat(rate: format.rate, channels: 1, encoding: AV_SAMPLE_FMT_FLTP)
            mixer = ChannelMixer(channels: format.channels, rate: format.rate)
            separation = try SampleConversion(from: format, toRate: format.rate)
        }
        resampling = try SampleConversion(from: mono, toRate: AudioBuffer.sampleRate)
        self.format = format
    }
}

/// A libswresample context that converts to floating-point samples and another rate, and keeps the number of channels.
final class SampleConversion {
    private var context: OpaquePointer?
    private let channels: Int

    init(from format: SampleFormat, toRate rate: Int) throws(FFmpegError) {
        channels = format.channels
        // Channels without known positions: libswresample then neither mixes nor drops any.
        var layout = AVChannelLayout()
        layout.order = AV_CHANNEL_ORDER_UNSPEC
        layout.nb_channels = Int32(format.channels)
        var output = layout
        try FFmpegError.check(
            swr_alloc_set_opts2(
                &context, &output, AV_SAMPLE_FMT_FLTP, Int32(rate), &layout, format.encoding, Int32(format.rate), 0, nil
            ))
        try FFmpegError.check(swr_init(context))
    }

    deinit { swr_free(&context) }

    /// Converts samples; without any, returns those that the filter still holds.
    ///
    /// - Returns: All samples of the first channel, then all of the second, and so on.
    func convert(
        _ planes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ count: Int
    ) throws(FFmpegError) -> [Float] {
        let capacity = swr_get_out_samples(context, Int32(count))
        try FFmpegError.check(capacity)
        var written: Int32 = 0
        let samples = [Float](unsafeUninitializedCapacity: Int(capacity) * channels) { buffer, filled in
            let target = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: UInt8.self)
            var output = (0..<channels).map { target?.advanced(by: $0 * Int(capacity) * MemoryLayout<Float>.stride) }
            let input = UnsafeMutableRawPointer(planes)?.assumingMemoryBound(to: UnsafePointer<UInt8>?.self)
            written = swr_convert(context, &output, capacity, input, Int32(count))
            filled = max(0, Int(written)) * channels
            clip(UnsafeMutableBufferPointer(rebasing: buffer[..<filled]))
        }
        // Several channels keep their rate, so that they fill the room for them.
        try FFmpegError.check(channels == 1 || written == capacity ? written : ffmpegInvalidArgument)
        return samples
    }

    /// Converts one floating-point channel.
    func convert(_ channel: [Float]) throws(FFmpegError) -> [Float] {
        var channel = channel
        return try channel.withUnsafeMutableBufferPointer { buffer throws(FFmpegError) in
            var plane = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: UInt8.self)
            return try convert(&plane, buffer.count)
        }
    }
}
