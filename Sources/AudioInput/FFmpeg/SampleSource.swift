import CFFmpeg

/// A file that FFmpeg reads: packets, frames, samples.
final class SampleSource: SoundSource {
    private(set) var damagedPackets = 0

    private var container: Container
    private var codec: CodecContext
    private var resampler = Resampler()
    private let packet: Packet
    private var frame: Frame
    private var isDraining = false

    init(_ file: InputFile) throws(Refusal) {
        let container = try Container(of: file)
        let codec = try container.makeDecoder()
        let packet = try Packet()
        let frame = try Frame()
        self.container = container
        self.codec = codec
        self.packet = packet
        self.frame = frame
    }

    var declaredDuration: Duration? { container.declaredDuration }

    /// Appends the samples of the next frame, if one packet is enough for it.
    func decode(into samples: inout [Float]) throws(Refusal) -> Bool {
        switch codec.receive(into: frame) {
        case .frame:
            convert(into: &samples)
        case .needsPacket:
            try feed()
        case .failed where !isDraining:
            damagedPackets += 1
            try feed()
        case .failed, .ended:
            resampler.flush(into: &samples)
            return false
        }
        return true
    }

    private func convert(into samples: inout [Float]) {
        // A damaged packet may claim a rate that one frame would become gigabytes at.
        guard CodecContext.sampleRates.contains(frame.format.rate) else {
            damagedPackets += 1
            return
        }
        do throws(FFmpegError) {
            try frame.clean()
            try resampler.convert(frame, into: &samples)
        } catch {
            damagedPackets += 1
        }
    }

    private func feed() throws(Refusal) {
        switch try container.read(into: packet) {
        case .packet:
            do { try codec.send(packet) } catch { damagedPackets += 1 }
        case .damaged:
            damagedPackets += 1
        case .ended:
            isDraining = true
            codec.sendEnd()
        }
    }
}
