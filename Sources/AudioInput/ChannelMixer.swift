/// Mixes the channels of a recording down to one. A value without I/O.
///
/// All channels count equally, whichever loudspeaker they are meant for: a recorder with six microphones calls one of them
/// the subwoofer. Channels in opposite phase cancel one another; where they do, the loudest channel is taken alone.
struct ChannelMixer {
    /// The mix cancels what it makes this much quieter, in energy, than if only the loudest channel had sound.
    private static let cancelledShare: Float = 0.25
    /// Energy below that of noise of −80 dBFS decides nothing.
    private static let quietest: Float = 1e-8

    private let channels: Int
    /// Samples of a block, over which energies are taken: 20 ms.
    private let blockLength: Int
    /// Blocks for which one channel is kept when the mix no longer cancels: 2 s.
    private let hold = 100
    /// Of each block, what goes on counting in the next.
    private let memory: Float = 0.8

    private var channelEnergies: [Float]
    private var mixEnergy: Float = 0
    private var solo: Int?
    private var heldBlocks = 0

    /// Mixes sound of so many channels, at `rate` samples a second each.
    init(channels: Int, rate: Int) {
        self.channels = channels
        blockLength = max(1, rate / 50)
        channelEnergies = [Float](repeating: 0, count: channels)
    }

    /// Mixes the next sound.
    ///
    /// - Parameter planes: A buffer for each channel, all of one length.
    /// - Returns: As many samples as each channel has.
    mutating func mix(_ planes: [UnsafeBufferPointer<Float>]) -> [Float] {
        let count = planes.map(\.count).min() ?? 0
        var mixed = [Float](repeating: 0, count: count)
        let share = 1 / Float(channels)
        for plane in planes { for index in 0..<count { mixed[index] += plane[index] * share } }
        for start in stride(from: 0, to: count, by: blockLength) {
            let block = start..<min(start + blockLength, count)
            let previous = solo
            decide(planes, mixed, block)
            guard previous != nil || solo != nil else { continue }
            for index in block {
                // From what was taken before to what is taken now, without a click.
                let new = Float(index - block.lowerBound + 1) / Float(block.count)
                let mix = mixed[index]
                mixed[index] =
                    (previous.map { planes[$0][index] } ?? mix) * (1 - new)
                    + (solo.map { planes[$0][index] } ?? mix) * new
            }
        }
        return mixed
    }

    private mutating func decide(_ planes: [UnsafeBufferPointer<Float>], _ mixed: [Float], _ block: Range<Int>) {
        for (channel, plane) in planes.enumerated() {
            channelEnergies[channel] = channelEnergies[channel] * memory + energy(plane[block])
        }
        mixEnergy = mixEnergy * memory + energy(mixed[block])
        guard let loudest = channelEnergies.indices.max(by: { channelEnergies[$0] < channelEnergies[$1] }),
            channelEnergies[loudest] > Self.quietest * Float(blockLength)
        else { return }
        let expected = channelEnergies[loudest] / Float(channels * channels)
        if mixEnergy < Self.cancelledShare * expected {
            solo = solo ?? loudest
            heldBlocks = hold
        } else if heldBlocks > 0 {
            heldBlocks -= 1
        } else {
            solo = nil
        }
    }

    private func energy(_ samples: some Sequence<Float>) -> Float {
        samples.reduce(0) { $0 + $1 * $1 }
    }
}
