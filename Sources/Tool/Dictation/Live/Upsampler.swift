import Essentials
import SpeechTypes

/// Converts samples from 16 kHz to 24 kHz, the rate that every server with live sessions takes. Does no I/O.
///
/// Each output is a sum of the inputs around it, weighted by a sinc function in a Hann window. Two of three outputs lie
/// between inputs; the third is an input.
struct Upsampler {
    /// The rate of the output, in samples per second.
    static let rate = 24_000
    /// How many inputs on each side of an output are used.
    private static let reach = 24
    /// The weights of the inputs from `reach` before to `reach` after, for each third of an input's distance.
    private static let weights: [[Float]] = (0..<3).map { third in
        (-reach...reach).map { offset in
            let distance = Double(offset) - Double(third) / 3
            guard abs(distance) > 1e-9 else { return 1 }
            let window = abs(distance) < Double(reach) ? 0.5 + 0.5 * cos(.pi * distance / Double(reach)) : 0
            return Float(sin(.pi * distance) / (.pi * distance) * window)
        }
    }

    /// The inputs from `reach` before the next output on; silence comes before the first.
    private var inputs = [Float](repeating: 0, count: reach)
    /// The place of the next output after the first input that has enough before it, in thirds of an input's distance.
    private var place = 0

    /// Takes the next samples; returns those that can be computed now.
    mutating func receive(_ sound: [Float]) -> [Float] {
        inputs += sound
        var output: [Float] = []
        output.reserveCapacity(sound.count * 3 / 2 + 2)
        var next = place / 3
        while next + 2 * Self.reach < inputs.count {
            let weights = Self.weights[place % 3]
            var sum: Float = 0
            for index in weights.indices { sum += weights[index] * inputs[next + index] }
            output.append(sum)
            place += 2
            next = place / 3
        }
        inputs.removeFirst(next)
        place -= next * 3
        return output
    }

    /// Ends the sound; returns the rest, as if silence followed. The next sound is another one.
    mutating func finish() -> [Float] {
        let rest = receive([Float](repeating: 0, count: Self.reach))
        self = Upsampler()
        return rest
    }
}
