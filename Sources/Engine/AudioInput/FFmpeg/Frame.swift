import CFFmpeg

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

    /// The rate, channels and encoding of the samples.
    var format: SampleFormat { SampleFormat(of: pointer.pointee) }

    /// The time at which it begins, in the stream's time base; `nil` if unknown.
    var timestamp: Int64? {
        let timestamp = pointer.pointee.best_effort_timestamp
        return timestamp == ffmpegNoTimestamp ? nil : timestamp
    }

    /// Whether the decoder concealed damage in it.
    var isConcealed: Bool { pointer.pointee.decode_error_flags != 0 }

    /// In seconds.
    var duration: Double { Double(pointer.pointee.nb_samples) / Double(format.rate) }

    /// Replaces NaN by silence and clips other samples to full scale.
    ///
    /// Call it before resampling, whose filter would spread such a sample over its neighbours.
    mutating func clean() throws(FFmpegError) {
        let format = AVSampleFormat(pointer.pointee.format)
        let kind = av_get_packed_sample_fmt(format)
        guard kind == AV_SAMPLE_FMT_FLT || kind == AV_SAMPLE_FMT_DBL else { return }
        try FFmpegError.check(av_frame_make_writable(pointer))
        guard let planes = pointer.pointee.extended_data else { return }
        let channels = Int(pointer.pointee.ch_layout.nb_channels)
        let isPlanar = av_sample_fmt_is_planar(format) == 1
        let count = Int(pointer.pointee.nb_samples) * (isPlanar ? 1 : channels)
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
