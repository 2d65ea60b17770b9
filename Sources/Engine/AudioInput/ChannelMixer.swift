/// Mixes the channels of a recording down to one. Pure value, no I/O.
///
/// All channels have equal weight, whatever their speaker position: a recorder with six microphones labels one of them
/// as the subwoofer. Channels in opposite phase cancel; while they do, only the loudest channel is used. Only
/// frequencies of speech count for this decision, since hum and an offset may be the same in all channels.
struct ChannelMixer {
    /// Channels cancel if the mix has less than this share of the energy that the loudest channel alone would give it.
    private static let cancelledShare: Float = 0.25
    /// Energy below that of noise of −80 dBFS changes nothing.
    private static let quietest: Float = 1e-8

    /// How many blocks the single channel is kept after the mix has stopped cancelling: 2 s.
    private static let hold = 100
    /// The share of the previous energy that is kept in each block.
    private static let memory: Float = 0.8

    private let channels: Int
    /// Samples of a block for which energies are computed: 20 ms.
    private let blockLength: Int
    private var lowCuts: [LowCut]
    private var channelEnergies: [Float]
    private var mixEnergy: Float = 0
    private var solo: Int?
    private var heldBlocks = 0

    init(channels: Int, rate: Int) {
        self.channels = channels
        blockLength = max(1, rate / 50)
        lowCuts = [LowCut](repeating: LowCut(rate: rate), count: channels)
        channelEnergies = [Float](repeating: 0, count: channels)
    }

    /// Mixes the next samples: all of the first channel, then all of the second, and so on.
    mutating func mix(_ samples: [Float]) -> [Float] {
        let count = samples.count / channels
        return samples.withUnsafeBufferPointer { all in
            mix((0..<channels).map { UnsafeBufferPointer(rebasing: all[$0 * count..<($0 + 1) * count]) }, count)
        }
    }

    private mutating func mix(_ planes: [UnsafeBufferPointer<Float>], _ count: Int) -> [Float] {
        var mixed = [Float](repeating: 0, count: count)
        let share = 1 / Float(channels)
        for plane in planes { for index in 0..<count { mixed[index] += plane[index] * share } }
        for start in stride(from: 0, to: count, by: blockLength) {
            let block = start..<min(start + blockLength, count)
            let previous = solo
            decide(planes, block)
            guard previous != nil || solo != nil else { continue }
            for index in block {
                // Crossfade from the previous choice to the present one, to avoid a click.
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
            channelEnergies[channel] = channelEnergies[channel] * Self.memory + energy
        }
        mixEnergy = mixEnergy * Self.memory + sum.reduce(0) { $0 + $1 * $1 } / Float(channels * channels)
        guard let loudest = channelEnergies.indices.max(by: { channelEnergies[$0] < channelEnergies[$1] }),
            channelEnergies[loudest] > Self.quietest * Float(blockLength)
        else { return }
        let expected = channelEnergies[loudest] / Float(channels * channels)
        if mixEnergy < Self.cancelledShare * expected {
            solo = solo ?? loudest
            heldBlocks = Self.hold
        } else if heldBlocks > 0 {
            heldBlocks -= 1
        } else {
            solo = nil
        }
    }
}

/// Removes frequencies below speech from one channel: an offset, and mains hum.
private struct LowCut {
    /// In Hz; voices have most of their energy above. Two first-order filters leave 3 % of a hum of 50 Hz.
    private static let frequency: Float = 300

    private let share: Float
    /// The states of both filters; the first sample counts as the offset, so that there is no step at the beginning.
    private var lows: (Float, Float)?

    init(rate: Int) {
        let step = 2 * Float.pi * Self.frequency / Float(rate)
        share = step / (1 + step)
    }

    /// Adds the filtered samples to a sum of the same length, and returns their energy.
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
