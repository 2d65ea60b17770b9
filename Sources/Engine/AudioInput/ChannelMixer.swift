/// Mixes the channels of a recording down to one. A value without I/O.
///
/// All channels count equally, whichever loudspeaker they are meant for: a recorder with six microphones calls one of them
/// the subwoofer. Channels in opposite phase cancel one another; where they do, the loudest channel is taken alone. Only what
/// is high enough to be speech counts for that: hum and an offset may be the same in all channels.
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

    private var lowCuts: [LowCut]
    private var channelEnergies: [Float]
    private var mixEnergy: Float = 0
    private var solo: Int?
    private var heldBlocks = 0

    /// Mixes sound of so many channels, at `rate` samples a second each.
    init(channels: Int, rate: Int) {
        self.channels = channels
        blockLength = max(1, rate / 50)
        lowCuts = [LowCut](repeating: LowCut(rate: rate), count: channels)
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
            decide(planes, block)
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

    private mutating func decide(_ planes: [UnsafeBufferPointer<Float>], _ block: Range<Int>) {
        var sum = [Float](repeating: 0, count: block.count)
        for (channel, plane) in planes.enumerated() {
            let energy = lowCuts[channel].add(plane[block], to: &sum)
            channelEnergies[channel] = channelEnergies[channel] * memory + energy
        }
        mixEnergy = mixEnergy * memory + sum.reduce(0) { $0 + $1 * $1 } / Float(channels * channels)
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
}

/// Takes what is lower than speech out of one channel: an offset, and the hum of the mains.
private struct LowCut {
    /// In Hz; voices have most of their energy above. Two filters of first order leave 3 % of a hum of 50 Hz.
    private static let frequency: Float = 300

    private let share: Float
    /// What each filter takes out; the first sample is taken for an offset, so that none begins with a step.
    private var lows: (Float, Float)?

    init(rate: Int) {
        let step = 2 * Float.pi * Self.frequency / Float(rate)
        share = step / (1 + step)
    }

    /// Adds what is left of the next samples to a sum, which has as many.
    ///
    /// - Returns: Its energy.
    mutating func add(_ samples: Slice<UnsafeBufferPointer<Float>>, to sum: inout [Float]) -> Float {
        guard let first = samples.first else { return 0 }
        var (low, lower) = lows ?? (first, 0)
        var energy: Float = 0
        for (index, sample) in samples.enumerated() {
            low += (sample - low) * share
            let high = sample - low
            lower += (high - lower) * share
            sum[index] += high - lower
            energy += (high - lower) * (high - lower)
        }
        lows = (low, lower)
        return energy
    }
}
