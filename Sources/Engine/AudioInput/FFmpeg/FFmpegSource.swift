import CFFmpeg
import SpeechTypes

/// A recording decoded by FFmpeg: packets, frames, samples.
final class FFmpegSource: AudioSource {
    private var damage = 0
    private var container: Container
    private var codec: CodecContext
    private var clock: AudioClock
    private var resampler = Resampler()
    private var frame: Frame
    private var isDraining = false
    /// The silence, in samples, still to append before the frame or the end.
    private var silence = 0
    private var frameWaits = false
    private var hasEnded = false
    /// Where the last packet ends, in seconds, if no frame was decoded since: its audio is a pause or damaged.
    private var lostEnd: Double?
    /// Whether the last packet was shorter than the codec's blocks and failed to decode. At the end of a stream that is
    /// padding; before another packet it is damage.
    private var restFailed = false

    /// Opens the stream with this index, or the likeliest. Gaps are filled with silence up to a length of `longest`
    /// seconds.
    init(_ recording: Excerpt, stream index: Int? = nil, longest: Double = .infinity) throws(AudioDecodeFailure) {
        let container = try Container(of: recording, stream: index)
        let codec = try container.makeDecoder()
        frame = try Frame()
        clock = AudioClock(origin: container.timeOfBeginning, longest: longest)
        self.container = container
        self.codec = codec
    }

    var declaredDuration: Duration? { container.declaredDuration }

    var damagedPackets: Int { damage + clock.refusedGaps }

    /// The indices of the streams that may contain the speech, the likeliest first.
    var candidates: [Int] { container.candidates.map(\.index) }

    /// The length of the audio so far, in seconds.
    var position: Double { clock.position }

    /// Whether the stream's header states more audio than there was.
    var isCut: Bool {
        // More than a day counts as a placeholder. Encoders add padding at both ends, which decoders remove.
        guard let counted = container.countedAudio?.inSeconds, counted < 24 * 3600 else { return false }
        return counted - clock.position > 0.25
    }

    /// Appends the samples of the next frame, if one packet is enough for it, or up to a second of silence before it.
    func decode(into samples: inout [Float]) throws(AudioDecodeFailure) -> Bool {
        if silence > 0 {
            let count = min(silence, AudioBuffer.sampleRate)
            samples += repeatElement(0, count: count)
            silence -= count
            return silence > 0 || !hasEnded
        }
        if frameWaits {
            frameWaits = false
            convert(into: &samples)
            return true
        }
        switch codec.receive(into: frame) {
        case .frame: place(into: &samples)
        case .needsPacket: try feed()
        case .failed where !isDraining:
            damage += 1
            try feed()
        case .failed, .ended:
            resampler.flush(into: &samples)
            hasEnded = true
            makeSilence(before: lostEnd, lasting: 0)
            return silence > 0
        }
        return true
    }

    /// Appends a frame's samples at once, unless silence precedes it.
    private func place(into samples: inout [Float]) {
        // A damaged packet may claim a rate at which one frame would take gigabytes.
        guard CodecContext.sampleRates.contains(frame.format.rate) else {
            damage += 1
            return
        }
        if frame.isConcealed { damage += 1 }
        lostEnd = nil
        makeSilence(before: frame.timestamp.map { Double($0) * container.stream.timeBase }, lasting: frame.duration)
        guard silence > 0 else { return convert(into: &samples) }
        resampler.flush(into: &samples)
        frameWaits = true
    }

    private func makeSilence(before timestamp: Double?, lasting duration: Double) {
        silence = Int((clock.add(at: timestamp, lasting: duration) * Double(AudioBuffer.sampleRate)).rounded())
    }

    private func convert(into samples: inout [Float]) {
        do throws(FFmpegError) {
            try frame.clean()
            try resampler.convert(frame, into: &samples)
        } catch {
            damage += 1
        }
    }

    private func feed() throws(AudioDecodeFailure) {
        switch try container.read() {
        case .packet:
            if restFailed { damage += 1 }
            restFailed = false
            let isDamaged = container.packet.isCorrupt && !container.hasCheckedSize
            if isDamaged { damage += 1 }
            if let end = container.packet.end { lostEnd = Double(end) * container.stream.timeBase }
            guard !container.packet.isPause(of: container.stream.codec) else { return }
            if !codec.send(container.packet), !isDamaged {
                restFailed = container.packet.size < container.stream.blockSize
                if !restFailed { damage += 1 }
            }
        case .damaged:
            damage += 1
        case .ended:
            isDraining = true
            codec.sendEnd()
        }
    }
}
