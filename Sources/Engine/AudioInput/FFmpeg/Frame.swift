import CFFmpeg

struct SampleFormat: Equatable {
    var rate: Int
    var channels: Int
    var encoding: AVSampleFormat
}

/// One frame of decoded samples; reused for every frame.
struct Frame: ~Copyable {
    let pointer: UnsafeMutablePointer<AVFrame>

    init() throws(AudioDecodeFailure) {
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        pointer = frame
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&frame)
    }

    var format: SampleFormat {
        SampleFormat(
            rate: Int(pointer.pointee.sample_rate), channels: Int(pointer.pointee.ch_layout.nb_channels),
            encoding: AVSampleFormat(pointer.pointee.format))
    }

    /// The time at which it begins, in the stream's time base; `nil` if unknown.
    var timestamp: Int64? {
        let timestamp = pointer.pointee.best_effort_timestamp
        return timestamp == ffmpegNoTimestamp ? nil : timestamp
    }

    /// Whether the decoder concealed damage in it.
    var isConcealed: Bool { pointer.pointee.decode_error_flags != 0 }

    /// In seconds.
    var duration: Double { Double(pointer.pointee.nb_samples) / Double(format.rate) }

    /// Clips the samples; call it before resampling, whose filter would spread a wrong sample over its neighbours.
    mutating func clean() throws(FFmpegError) {
        let kind = av_get_packed_sample_fmt(format.encoding)
        guard kind == AV_SAMPLE_FMT_FLT || kind == AV_SAMPLE_FMT_DBL else { return }
        try FFmpegError.check(av_frame_make_writable(pointer))
        guard let planes = pointer.pointee.extended_data else { return }
        let (channels, length) = (format.channels, Int(pointer.pointee.nb_samples))
        let isPlanar = kind != format.encoding
        let count = isPlanar ? length : length * channels
        for plane in 0..<(isPlanar ? channels : 1) {
            guard let bytes = UnsafeMutableRawPointer(planes[plane]) else { continue }
            if kind == AV_SAMPLE_FMT_FLT {
                clip(UnsafeMutableBufferPointer(start: bytes.assumingMemoryBound(to: Float.self), count: count))
            } else {
                clip(UnsafeMutableBufferPointer(start: bytes.assumingMemoryBound(to: Double.self), count: count))
            }
        }
    }
}

/// Clips samples to −1…1; NaN becomes silence.
func clip<Sample: BinaryFloatingPoint>(_ samples: UnsafeMutableBufferPointer<Sample>) {
    for index in samples.indices {
        let sample = samples[index]
        samples[index] = sample.isNaN ? 0 : min(max(sample, -1), 1)
    }
}
