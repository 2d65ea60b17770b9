import CFFmpeg
import SpeechTypes

/// Resamples mono audio from a device's own rate to 16 kHz.
final class CaptureConverter {
    private let rate: Int
    private let frame: Frame
    private var resampler = Resampler()

    /// Makes a converter from `rate` samples a second.
    init(rate: Int) throws(MicrophoneError) {
        self.rate = rate
        do {
            frame = try Frame()
        } catch {
            throw MicrophoneError("There is no memory left to record.")
        }
    }

    /// Converts the next samples. The filter delays the last few until the next call.
    func convert(_ samples: [Float]) -> [Float] {
        guard !samples.isEmpty else { return [] }
        var converted: [Float] = []
        let pointer = frame.pointer
        av_frame_unref(pointer)
        pointer.pointee.format = AV_SAMPLE_FMT_FLT.rawValue
        pointer.pointee.sample_rate = Int32(rate)
        pointer.pointee.nb_samples = Int32(samples.count)
        av_channel_layout_default(&pointer.pointee.ch_layout, 1)
        guard av_frame_get_buffer(pointer, 0) == 0, let target = pointer.pointee.data.0 else { return [] }
        samples.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: target, count: $0.count).copyMemory(from: $0) }
        try? resampler.convert(frame, into: &converted)
        return converted
    }
}
