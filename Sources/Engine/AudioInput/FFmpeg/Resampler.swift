import CFFmpeg
import SpeechTypes

/// Converts frames of any format to mono samples at 16 kHz. The format may change between frames.
struct Resampler: ~Copyable {
    /// The limit of libswresample (SWR_CH_MAX).
    static let maximumChannels = 64

    private var format: SampleFormat?
    /// Converts several channels to floating-point samples, each separately; `nil` if they have that format already.
    private var separation: SampleConversion?
    private var mixer = ChannelMixer(channels: 1, rate: AudioBuffer.sampleRate)
    /// Resamples one channel to 16 kHz.
    private var resampling: SampleConversion?

    init() {}

    /// Appends the samples of a frame.
    mutating func convert(_ frame: borrowing Frame, into samples: inout [Float]) throws(FFmpegError) {
        if frame.format != format {
            flush(into: &samples)
            try configure(for: frame.format)
        }
        let planes = frame.pointer.pointee.extended_data
        let count = Int(frame.pointer.pointee.nb_samples)
        let channels = frame.format.channels
        guard channels > 1 else {
            try resampling?.convert(planes, count, appendingTo: &samples)
            return
        }
        var mixed: [Float]
        if let separation {
            var separated: [Float] = []
            let length = try separation.convert(planes, count, appendingTo: &separated)
            mixed = separated.withUnsafeBufferPointer { all in
                mixer.mix((0..<channels).map { UnsafeBufferPointer(rebasing: all[$0 * length..<($0 + 1) * length]) })
            }
        } else {
            mixed = mixer.mix(
                (0..<channels).map { channel in
                    let plane = UnsafeRawPointer(planes?[channel])?.assumingMemoryBound(to: Float.self)
                    return UnsafeBufferPointer(start: plane, count: plane == nil ? 0 : count)
                })
        }
        try resampling?.convert(&mixed, appendingTo: &samples)
    }

    /// Appends the samples that the filter still holds. The next frame starts afresh.
    mutating func flush(into samples: inout [Float]) {
        guard format != nil else { return }
        resampling?.flush(appendingTo: &samples)
        format = nil
    }

    private mutating func configure(for format: SampleFormat) throws(FFmpegError) {
        self.format = nil
        var mono = format
        separation = nil
        if format.channels > 1 {
            mono = SampleFormat(rate: format.rate, channels: 1, encoding: AV_SAMPLE_FMT_FLTP)
            mixer = ChannelMixer(channels: format.channels, rate: format.rate)
            if format.encoding != AV_SAMPLE_FMT_FLTP {
                separation = try SampleConversion(from: format, toRate: format.rate)
            }
        }
        resampling = try SampleConversion(from: mono, toRate: AudioBuffer.sampleRate)
        self.format = format
    }
}

/// A libswresample context that converts to floating-point samples and another rate, and keeps the number of channels.
private final class SampleConversion {
    private static let flushLength = 4096

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

    /// Appends all samples of the first channel, then all of the second, and so on.
    ///
    /// - Returns: The number of samples appended for each channel.
    @discardableResult
    func convert(
        _ planes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ count: Int,
        appendingTo samples: inout [Float]
    ) throws(FFmpegError) -> Int {
        let capacity = swr_get_out_samples(context, Int32(count))
        try FFmpegError.check(capacity)
        let written = append(planes, Int32(count), to: &samples, capacity: Int(capacity))
        try FFmpegError.check(written)
        return Int(written)
    }

    /// Appends the converted samples of one floating-point channel.
    func convert(_ channel: inout [Float], appendingTo samples: inout [Float]) throws(FFmpegError) {
        let count = channel.count
        let capacity = swr_get_out_samples(context, Int32(count))
        try FFmpegError.check(capacity)
        try FFmpegError.check(
            channel.withUnsafeMutableBytes { bytes in
                var plane = bytes.bindMemory(to: UInt8.self).baseAddress
                return append(&plane, Int32(count), to: &samples, capacity: Int(capacity))
            })
    }

    /// Appends the samples that the filter still holds of one channel.
    func flush(appendingTo samples: inout [Float]) {
        while append(nil, 0, to: &samples, capacity: Self.flushLength) > 0 {}
    }

    private func append(
        _ planes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ count: Int32, to samples: inout [Float],
        capacity: Int
    ) -> Int32 {
        let start = samples.count
        samples.append(contentsOf: repeatElement(0, count: capacity * channels))
        let written = samples.withUnsafeMutableBufferPointer { all -> Int32 in
            let target = UnsafeMutableRawPointer(all.baseAddress?.advanced(by: start))
            var output = (0..<channels).map {
                target?.advanced(by: $0 * capacity * MemoryLayout<Float>.stride).assumingMemoryBound(to: UInt8.self)
            }
            guard let planes else { return swr_convert(context, &output, Int32(capacity), nil, 0) }
            return planes.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: channels) { input in
                swr_convert(context, &output, Int32(capacity), input, count)
            }
        }
        let length = max(0, Int(written))
        // Remove the unused room after each channel.
        for channel in (0..<channels).reversed() {
            let end = start + channel * capacity + length
            samples.removeSubrange(end..<start + (channel + 1) * capacity)
        }
        samples.withUnsafeMutableBufferPointer { clip(UnsafeMutableBufferPointer(rebasing: $0[start...])) }
        return written
    }
}
