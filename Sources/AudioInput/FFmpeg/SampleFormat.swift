import CFFmpeg

/// What a resampler must know of its input.
struct SampleFormat: Equatable {
    let rate: Int
    let channels: Int
    /// Which loudspeaker each channel is for, as FFmpeg's bit mask; `nil` if the file does not tell.
    let speakers: UInt64?
    let encoding: AVSampleFormat

    init(of frame: AVFrame) {
        rate = Int(frame.sample_rate)
        channels = Int(frame.ch_layout.nb_channels)
        speakers = frame.ch_layout.order == AV_CHANNEL_ORDER_NATIVE ? frame.ch_layout.u.mask : nil
        encoding = AVSampleFormat(frame.format)
    }
}
