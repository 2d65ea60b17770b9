import Foundation
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import Recognition

/// Without speech there is no text, and with speech no word is lost.
@BlockingCalls @Suite(.timeLimit(.minutes(5))) struct DoubtTests {
    /// Sounds without speech.
    enum Sound: String, CaseIterable, Sendable {
        case silence, noise, faintNoise, hum, clicks, tone, sweep

        func samples(seconds: Int) -> AudioBuffer {
            var random = SeededGenerator(seed: 7)
            let count = seconds * AudioBuffer.sampleRate
            return AudioBuffer(
                samples: (0..<count).map { index in
                    let time = Double(index) / Double(AudioBuffer.sampleRate)
                    return switch self {
                    case .silence: 0
                    case .noise: Float.random(in: -0.1...0.1, using: &random)
                    case .faintNoise: Float.random(in: -0.002...0.002, using: &random)
                    case .hum: Float(0.1 * sin(2 * .pi * 50 * time) + 0.05 * sin(2 * .pi * 100 * time))
                    case .clicks: index % 11_200 < 40 ? Float(0.7 * exp(-Double(index % 11_200) / 8)) : 0
                    case .tone: Float(0.3 * sin(2 * .pi * 440 * time))
                    case .sweep: Float(0.2 * sin(2 * .pi * (200 * time + 400 * time * time / Double(seconds))))
                    }
                })
        }
    }

    @Test(arguments: Sound.allCases, [1, 5, 10])
    func noTextIsMadeOfSoundsWithoutSpeech(sound: Sound, seconds: Int) async throws {
        let folder = try TemporaryFolder()
        var job = TranscriptionJob.job(try folder.write(sound.samples(seconds: seconds).wav, to: "sound.wav"))
        for needsTimes in [true, false] {
            job.needsTimes = needsTimes
            let report = try await Report(LoadedPipeline.transcriber(.moonshine).transcribe(job))
            #expect(report.transcript.text.isEmpty)
            #expect(report.transcript.segments.isEmpty)
        }
    }

    /// Every fixture clip, unchanged and attenuated to a peak of -40 dBFS: the text with the detector is the same as
    /// without.
    @Test(arguments: Manifest.shared.files.map(\.file), [nil, 0.01] as [Float?])
    func noWordIsLost(file: String, peak: Float?) async throws {
        let folder = try TemporaryFolder()
        var sound = try AudioBuffer.decoding(Fixtures.audio(file))
        let loudest = sound.samples.reduce(0) { max($0, abs($1)) }
        guard loudest > 0, !file.hasPrefix("noise") else { return }
        if let peak { sound.samples = sound.samples.map { $0 * peak / loudest } }
        let path = try folder.write(sound.wav, to: "speech.wav")
        for family in [ModelFamily.whisper, .moonshine] {
            let bare = try await Report(LoadedPipeline.transcriber(family, detector: .missing).transcribe(.job(path)))
            for needsTimes in [true, false] {
                var job = TranscriptionJob.job(path)
                job.needsTimes = needsTimes
                let report = try await Report(LoadedPipeline.transcriber(family).transcribe(job))
                #expect(report.transcript.text == bare.transcript.text)
            }
        }
    }

    @Test(arguments: [
        ("[ Silence ]", true), ("(wind howling)", true), ("♪♪♪", true), ("🎵Music🎵", true), ("*sighs*", true),
        ("", false),
        ("You", true), ("Ever tried, ever failed, no matter, try again.", false), ("一二三四五六七八", false), ("一", true),
    ])
    func aTextIsDoubtedByItsMarksAndLength(text: String, isDoubted: Bool) throws {
        let speech = try AudioBuffer.decoding(Fixtures.audio("en_digits_16k.wav"))
        #expect(Doubt.doubts(text, of: speech) == isDoubted)
    }

    @Test(arguments: Sound.allCases.filter { $0 != .clicks })
    func aTextOfConstantLoudnessIsDoubted(sound: Sound) {
        #expect(Doubt.doubts("Thank you for watching, and see you next time.", of: sound.samples(seconds: 2)))
    }
}
