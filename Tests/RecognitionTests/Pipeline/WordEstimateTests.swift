import Foundation
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import Recognition

/// Compares word times estimated from the stretches of speech with those of a model.
@BlockingCalls @Suite(.timeLimit(.minutes(3))) struct WordEstimateTests {
    @Test(arguments: [ModelFamily.senseVoice, .paraformer, .transducer])
    func wordsAreEstimatedWithinAQuarterOfASecond(family: ModelFamily) async throws {
        let finder = SpeechFinder(.installed)
        let files = Manifest.shared.files.map(\.file) + [Manifest.shared.session.file]
        var errors: [Double] = []
        for file in files {
            let sound = try AudioBuffer.decoding(Fixtures.audio(file))
            let found = try #require(await finder.stretches(in: SpeechSegment(offset: 0, audio: sound)))
            let speech = found.map { Duration(samples: $0.lowerBound)..<Duration(samples: $0.upperBound) }
            let report = try await Report(LoadedPipeline.transcriber(family).transcribe(.fixture(file)))
            for segment in report.segments where segment.hasTokenTimes {
                let estimate = Transcript.Segment(
                    start: segment.start, end: segment.end, text: segment.text, speech: speech)
                for (word, estimated) in zip(segment.words(), estimate.words()) {
                    errors.append(abs((word.start - estimated.start).inSeconds))
                }
            }
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let worst = errors.max() ?? 0
        print("\(family.rawValue): \(errors.count) words, mean error \(mean) s, worst \(worst) s")
        #expect(errors.count > 50)
        #expect(mean <= 0.25)
    }
}
