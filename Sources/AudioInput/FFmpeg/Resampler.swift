import CFFmpeg
import SpeechTypes

/// Turns frames of any format into mono samples at 16 kHz, and adapts when the format changes on the way.
struct Resampler: ~Copyable {
    /// libswresample takes no more (SWR_CH_MAX).
    static let maximumChannels = 64
    private static let flushLength = 4096

    private var context: OpaquePointer?
    private var format: SampleFormat?

    init() {}

    deinit {
        var context = context
        swr_free(&context)
    }

    /// Appends what a frame sounds like.
    mutating func convert(_ frame: borrowing Frame, into samples: inout [Float]) throws(FFmpegError) {
        if frame.format != format {
            flush(into: &samples)
            try configure(for: frame.format)
        }
        let count = frame.pointer.pointee.nb_samples
        let capacity = swr_get_out_samples(context, count)
        try FFmpegError.check(capacity)
        try FFmpegError.check(append(frame.pointer.pointee.extended_data, count, to: &samples, capacity: Int(capacity)))
    }

    /// Appends what the filter still holds back. A frame may follow and starts afresh.
    mutating func flush(into samples: inout [Float]) {
        guard format != nil else { return }
        while append(nil, 0, to: &samples, capacity: Self.flushLength) > 0 {}
        format = nil
    }

    private func append(
        _ planes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ count: Int32, to samples: inout [Float],
        capacity: Int
    ) -> Int32 {
        let start = samples.count
        samples.append(contentsOf: repeatElement(0, count: capacity))
        let written = samples.withUnsafeMutableBytes { bytes in
            let target = bytes[(start * MemoryLayout<Float>.stride)...]
            var output = UnsafeMutableRawBufferPointer(rebasing: target).bindMemory(to: UInt8.self).baseAddress
            guard let planes else { return swr_convert(context, &output, Int32(capacity), nil, 0) }
            let channels = format?.channels ?? 0
            return planes.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: channels) { input in
                swr_convert(context, &output, Int32(capacity), input, count)
            }
        }
        samples.removeLast(capacity - max(0, Int(written)))
        samples.withUnsafeMutableBufferPointer { clip(UnsafeMutableBufferPointer(rebasing: $0[start...])) }
        return written
    }

    private mutating func configure(for format: SampleFormat) throws(FFmpegError) {
        self.format = nil
        // Without a known order no channel may be taken for a subwoofer, which a matrix leaves out.
        let isMixed = format.speakers == nil
        do {
            try start(for: format, mixingEqually: isMixed)
        } catch {
            guard !isMixed else { throw error }
            try start(for: format, mixingEqually: true)  // an arrangement that libswresample has no matrix for
        }
        self.format = format
    }

    private mutating func start(for format: SampleFormat, mixingEqually: Bool) throws(FFmpegError) {
        swr_free(&context)
        var input = AVChannelLayout()
        if let speakers = format.speakers, !mixingEqually {
            try FFmpegError.check(av_channel_layout_from_mask(&input, speakers))
        } else {
            input.order = AV_CHANNEL_ORDER_UNSPEC
            input.nb_channels = Int32(format.channels)
        }
        var output = AVChannelLayout()
        av_channel_layout_default(&output, 1)
        try FFmpegError.check(
            swr_alloc_set_opts2(
                &context, &output, AV_SAMPLE_FMT_FLT, Int32(AudioBuffer.sampleRate), &input, format.encoding,
                Int32(format.rate), 0, nil))
        // For float output libswresample does not scale its matrix down unless told: stereo would come out 3 dB louder.
        try FFmpegError.check(av_opt_set_double(UnsafeMutableRawPointer(context), "rematrix_maxval", 1, 0))
        if mixingEqually {
            let weights = [Double](repeating: 1 / Double(format.channels), count: format.channels)
            try FFmpegError.check(swr_set_matrix(context, weights, Int32(format.channels)))
        }
        try FFmpegError.check(swr_init(context))
    }
}
