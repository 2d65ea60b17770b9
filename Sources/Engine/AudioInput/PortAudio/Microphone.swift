import Essentials
import CPortAudio
public import SpeechTypes

/// A recording microphone.
///
/// The audio callback only fills a ring buffer, which `take` empties.
///
/// `@unchecked Sendable` is safe: PortAudio's stream functions may be called on any thread, and only `init` and
/// `deinit` change the stream. Only `take` uses the converter; call it from one task.
public final class Microphone: @unchecked Sendable {
    /// The device.
    public let device: InputDevice

    private static let capacity = Duration.seconds(30)

    private let library: PortAudioLibrary
    private let stream: UnsafeMutableRawPointer
    private let ring: SampleRing
    private var converter: CaptureConverter?

    /// Starts recording from a device.
    ///
    /// Requests 16 kHz; if the device does not support that, it records at its own rate, and the audio is converted.
    /// - Parameter wish: The device, by number or name; `nil` for the default device.
    /// - Throws: `MicrophoneError`.
    public init(_ wish: String? = nil) throws(MicrophoneError) {
        let library = try PortAudioLibrary()
        let device = try InputDevice.find(wish, among: InputDevice.list(in: library))
        let native = min(max(1, Int(clamped: device.sampleRate.rounded())), CodecContext.sampleRates.upperBound)
        var rate = AudioBuffer.sampleRate
        var opened = Self.open(device, rate: rate)
        if opened.status < 0, native != rate {
            rate = native
            opened = Self.open(device, rate: rate)
        }
        guard let stream = opened.stream else {
            throw MicrophoneError(opened.status, deed: "open '\(device.name)'")
        }
        do throws(MicrophoneError) {
            if rate != AudioBuffer.sampleRate { converter = try CaptureConverter(rate: rate) }
            try MicrophoneError.check(
                Pa_StartStream(stream), "record from '\(device.name)'")
        } catch {
            Pa_CloseStream(stream)
            throw error
        }
        self.library = library
        self.device = device
        self.stream = stream
        ring = opened.ring
    }

    deinit {
        // The callback may run until the stream has stopped, so the ring is released after this.
        Pa_AbortStream(stream)
        Pa_CloseStream(stream)
    }

    /// The audio since the last call; may be empty.
    public func take() -> AudioBuffer {
        let samples = ring.takeAll()
        guard converter != nil else { return AudioBuffer(samples: samples) }
        return AudioBuffer(samples: converter?.convert(samples) ?? [])
    }

    /// Whether the stream is active; `false` when the device is gone.
    public var isOn: Bool { Pa_IsStreamActive(stream) == 1 }

    /// How often audio was lost: as the system reports it, or because it was not read in time.
    public var overruns: Int { ring.reportedGaps + (ring.droppedSamples > 0 ? 1 : 0) }

    private static func open(
        _ device: InputDevice, rate: Int
    ) -> (stream: UnsafeMutableRawPointer?, ring: SampleRing, status: PaError) {
        let ring = SampleRing(capacity: Int(capacity.inSeconds) * rate)
        var parameters = PaStreamParameters(
            device: PaDeviceIndex(device.index), channelCount: 1, sampleFormat: portAudioFloat32,
            suggestedLatency: device.latency, hostApiSpecificStreamInfo: nil)
        var stream: UnsafeMutableRawPointer?
        let status = Pa_OpenStream(
            &stream, &parameters, nil, Double(rate), portAudioAnyFrames, portAudioNoFlag,
            { input, _, frames, _, flags, ring in fillRing(input, frames, flags, ring) },
            Unmanaged.passUnretained(ring).toOpaque())
        return (status < 0 ? nil : stream, ring, status)
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
