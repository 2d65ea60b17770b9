@testable import SpeechTypes
import TestSupport
import Testing

/// A recording, the detector's result for it, and how it is cut.
struct CutRecording: Sendable, CustomTestStringConvertible {
    var sound: AudioBuffer
    /// The lengths of the pieces for the segmenter, and whether they are speech.
    var pieces: [(length: Int, isSpeech: Bool)]
    var settings: SpeechSegmenter.Settings
    var testDescription: String

    /// The segments.
    func segments() -> [SpeechSegment] {
        var cutter = SpeechSegmenter(settings)
        var rest = sound.samples[...]
        var segments: [SpeechSegment] = []
        for piece in pieces {
            segments += cutter.receive(rest.prefix(piece.length), isSpeech: piece.isSpeech)
            rest = rest.dropFirst(piece.length)
        }
        return segments + cutter.finish()
    }

    /// The stretches in which the detector hears speech; neighbouring pieces are joined.
    var speech: [Range<Int>] {
        var stretches: [Range<Int>] = []
        var position = 0
        for piece in pieces {
            let end = position + piece.length
            if piece.isSpeech {
                let continues = stretches.last?.upperBound == position
                stretches.append(((continues ? stretches.popLast() : nil)?.lowerBound ?? position)..<end)
            }
            position = end
        }
        return stretches
    }
}

extension CutRecording {
    /// A recording in tenths of a second: `#` is speech, `.` is none.
    init(_ marks: String, _ settings: SpeechSegmenter.Settings) {
        let tenth = AudioBuffer.sampleRate / 10
        self.init(
            sound: .noise(marks.count * tenth, quiet: 0..<0), pieces: marks.map { (tenth, $0 == "#") },
            settings: settings, testDescription: marks)
    }

    /// Speech and pauses of random lengths, in a detector's windows, with random settings.
    static func random(_ seed: UInt64) -> CutRecording {
        var random = SeededGenerator(seed: seed)
        let window = Int.random(in: 3_201...80_000, using: &random)
        var pieces: [(length: Int, isSpeech: Bool)] = []
        var isSpeech = Bool.random(using: &random)
        let longest = [2, 10, 60, 200].randomElement(using: &random) ?? 1
        while pieces.count < 300 {
            pieces += Array(repeating: (512, isSpeech), count: Int.random(in: 1...longest, using: &random))
            isSpeech.toggle()
        }
        pieces.append((Int.random(in: 1..<512, using: &random), Bool.random(using: &random)))
        func duration(upTo most: Int) -> Duration {
            Bool.random(using: &random) ? .zero : Duration(samples: Int.random(in: 0...most, using: &random))
        }
        let settings = SpeechSegmenter.Settings(
            window: Duration(samples: window), prefix: duration(upTo: 20_000), silence: duration(upTo: 20_000),
            joining: duration(upTo: window))
        return CutRecording(
            sound: .noise(pieces.reduce(0) { $0 + $1.length }, using: &random), pieces: pieces, settings: settings,
            testDescription: "seed \(seed)")
    }

    /// Speech without a pause, in pieces of random lengths.
    static func unbroken(_ length: Int, window: Int, seed: UInt64) -> CutRecording {
        var random = SeededGenerator(seed: seed)
        var pieces: [(length: Int, isSpeech: Bool)] = []
        var rest = length
        while rest > 0 {
            let piece = min(rest, Int.random(in: 1...20_000, using: &random))
            pieces.append((piece, true))
            rest -= piece
        }
        let settings = SpeechSegmenter.Settings(
            window: Duration(samples: window), prefix: .milliseconds(300), silence: .milliseconds(200),
            joining: Duration(samples: window))
        return CutRecording(
            sound: .noise(length, using: &random), pieces: pieces, settings: settings,
            testDescription: "\(length) samples in windows of \(window)")
    }

    /// Lengths close to those at which the number of segments changes, and random ones.
    static let allUnbroken: [CutRecording] = [3_201, 4_799, 4_800, 8_000].flatMap { (window: Int) -> [CutRecording] in
        var generator = SeededGenerator(seed: UInt64(window))
        let shortest = SpeechSegmenter.shortest
        var lengths: [Int] = [1, shortest - 1, window - 1, window, window + 1]
        lengths += (-1...1).map { window + shortest + $0 }
        lengths += [2 * window, 2 * window + 1, 2 * window + shortest]
        lengths += (0..<6).map { _ in Int.random(in: 1...5 * window, using: &generator) }
        return lengths.map { .unbroken($0, window: window, seed: UInt64(window * 31 + $0)) }
    }
}
