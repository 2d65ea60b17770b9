import CFFmpeg
import CPortAudio
import Essentials
import SpeechTypes

/// A recording microphone. The audio callback only fills a ring buffer, which `take` empties.
///
/// `@unchecked Sendable` is safe: PortAudio's stream functions may be called on any thread, and only `init` and
/// `deinit` change the stream. Only `take` uses the converter; call it from one task.
package final class Microphone: @unchecked Sendable {
    package let device: InputDevice

    private static let capacity = Duration.seconds(30)

    private let stream: UnsafeMutableRawPointer
    private let ring: SampleRing
    private var converter: SampleConversion?

    /// Starts recording from a device, by its number or name; `nil` for the default device.
    ///
    /// Requests 16 kHz; if the device does not support that, it records at its own rate, and the audio is converted.
    package init(_ requested: String? = nil) throws(MicrophoneError) {
        device = try InputDevice.find(requested, among: InputDevice.all())
        do {
            (stream, ring) = try Self.open(device, rate: AudioBuffer.sampleRate)
        } catch {
            let rate = min(max(1, Int(clamped: device.sampleRate.rounded())), CodecContext.sampleRates.upperBound)
            (stream, ring) = try Self.open(device, rate: rate)
            let format = SampleFormat(rate: rate, channels: 1, encoding: AV_SAMPLE_FMT_FLTP)
            converter = try? SampleConversion(from: format, toRate: AudioBuffer.sampleRate)
            guard converter != nil else { throw MicrophoneError("There is no memory left to record.") }
        }
        try MicrophoneError.check(Pa_StartStream(stream), "record from '\(device.name)'")
    }

    deinit {
        // The callback may run until the stream has stopped, so the ring is released after this.
        Pa_AbortStream(stream)
        Pa_CloseStream(stream)
    }

    /// The samples since the last call, mono at 16 kHz; may be empty.
    package func take() -> [Float] {
        let samples = ring.takeAll()
        guard let converter, !samples.isEmpty else { return samples }
        return (try? converter.convert(samples)) ?? []
    }

    /// Whether the stream is active; `false` when the device is gone.
    package var isOn: Bool { Pa_IsStreamActive(stream) == 1 }

    /// How often audio was lost: as the system reports it, or because it was not read in time.
    package var overruns: Int { ring.reportedGaps + (ring.droppedSamples > 0 ? 1 : 0) }

    private static func open(
        _ device: InputDevice, rate: Int
    ) throws(MicrophoneError) -> (stream: UnsafeMutableRawPointer, ring: SampleRing) {
        let ring = SampleRing(capacity: Int(capacity.inSeconds) * rate)
        var parameters = PaStreamParameters(
            device: PaDeviceIndex(device.index), channelCount: 1, sampleFormat: portAudioFloat32,
            suggestedLatency: device.latency, hostApiSpecificStreamInfo: nil)
        var stream: UnsafeMutableRawPointer?
        let status = Pa_OpenStream(
            &stream, &parameters, nil, Double(rate), portAudioAnyFrames, portAudioNoFlag,
            { input, _, frames, _, flags, ring in fillRing(input, frames, flags, ring) },
            Unmanaged.passUnretained(ring).toOpaque())
        try MicrophoneError.check(status, "open '\(device.name)'")
        guard let stream else { throw MicrophoneError("Cannot open '\(device.name)'.") }
        return (stream, ring)
    }
}

/// The audio callback. It must not wait, allocate or call anything that might.
private func fillRing(
    _ input: UnsafeRawPointer?, _ frames: UInt, _ flags: PaStreamCallbackFlags, _ ring: UnsafeMutableRawPointer?
) -> Int32 {
    guard let ring else { return Int32(paContinue.rawValue) }
    Unmanaged<SampleRing>.fromOpaque(ring)._withUnsafeGuaranteedRef { ring in
        if flags & portAudioInputOverflow != 0 { ring.noteGap() }
        guard let input else { return }
        ring.write(UnsafeBufferPointer(start: input.assumingMemoryBound(to: Float.self), count: Int(frames)))
    }
    return Int32(paContinue.rawValue)
}
