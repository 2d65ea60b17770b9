import CFFmpeg

/// The input format of a resampler.
struct SampleFormat: Equatable {
    var rate: Int
    var channels: Int
    var encoding: AVSampleFormat
}

extension SampleFormat {
    init(of frame: AVFrame) {
        self.init(
            rate: Int(frame.sample_rate), channels: Int(frame.ch_layout.nb_channels),
            encoding: AVSampleFormat(frame.format))
    }
}
