import SpeechTypes
import TestSupport
import Testing

@testable import ModelFamilies

@BlockingCalls @Suite struct RecordingTests {
    /// A recording, and a family and setting to recognise it with.
    struct Reading: Sendable, CustomTestStringConvertible {
        let recording: Manifest.Recording
        let family: ModelFamily
        var language: Language?
        var useITN = false

        var testDescription: String {
            "\(recording.file) by \(family.rawValue), language \(language?.code ?? "auto")\(useITN ? ", ITN" : "")"
        }

        var options: ModelOptions { useITN ? ModelOptions(["use_itn": true]) : ModelOptions() }

        var expected: Manifest.Expectation.Result? {
            recording.result(of: family.rawValue, language: language?.code)
        }

        static func all(_ family: ModelFamily, languages: [String?] = [nil], useITN: [Bool] = [false]) -> [Reading] {
            let recordings = Manifest.shared.files.filter { $0.expected[family.rawValue] != nil }
            return recordings.flatMap { recording in
                languages.flatMap { code in
                    useITN.map {
                        Reading(
                            recording: recording, family: family, language: code.map { Language(code: $0) }, useITN: $0)
                    }
                }
            }
        }
    }

    nonisolated static let readings =
        Reading.all(.senseVoice, languages: [nil, "en", "zh"], useITN: [false, true])
        + Reading.all(.whisper, languages: [nil, "en", "zh"]) + Reading.all(.paraformer) + Reading.all(.transducer)
        + Reading.all(.zipformerCTC) + Reading.all(.streamingTransducer)

    @Test func everyFamilyHasItsRecordings() {
        #expect(Reading.all(.senseVoice).count == 26)
        #expect(Reading.all(.whisper).count == 26)
        #expect(Reading.all(.paraformer).count == 26)
        #expect(Reading.all(.transducer).count == 22)
        #expect(Reading.all(.zipformerCTC).count == 22)
        #expect(Reading.all(.streamingTransducer).count == 22)
    }

    @Test(arguments: readings)
    func aRecordingOfAnyFormatGivesItsTextAndLanguage(reading: Reading) throws {
        let recognizer = try LoadedModel.recognizer(reading.family, options: reading.options)
        let transcript = try recognizer.transcript(.fixture(reading.recording.file), language: reading.language)
        let expected = try #require(reading.expected)
        #expect(transcript.text == (reading.useITN ? expected.textITN : expected.text))
        switch (expected.lang, reading.recording.language) {
        case (nil, "none"): break  // whisper names some language for any noise
        case ("<|nospeech|>", _), (nil, _): #expect(transcript.language == nil)
        case (let tag?, _): #expect(transcript.language?.code == String(tag.trimmingPrefix("<|").prefix { $0 != "|" }))
        }
    }

    @Test(arguments: ["silence_16k.wav", "noise_16k.wav"])
    func soundWithoutSpeechGivesNoText(file: String) throws {
        for family in [ModelFamily.senseVoice, .whisper, .transducer, .zipformerCTC, .streamingTransducer] {
            #expect(try LoadedModel.recognizer(family).transcript(.fixture(file)).text.isEmpty)
        }
        let withITN = try LoadedModel.recognizer(.senseVoice, options: ModelOptions(["use_itn": true]))
        #expect(try withITN.transcript(.fixture(file)).text.isEmpty)
    }

    @Test(arguments: ModelFamily.withFixture)
    func aTenthOfASecondOfSilenceGivesNoText(family: ModelFamily) throws {
        let silence = AudioBuffer(samples: Array(repeating: 0, count: AudioBuffer.sampleRate / 10))
        #expect(try LoadedModel.recognizer(family).transcript(silence).text.isEmpty)
    }

    @Test(arguments: [ModelFamily.senseVoice, .paraformer, .transducer, .zipformerCTC, .streamingTransducer])
    func tokenTimesIncreaseWithinTheSegment(family: ModelFamily) throws {
        for recording in Manifest.shared.files where recording.language != "none" {
            guard recording.expected[family.rawValue] != nil else { continue }
            let segment = SpeechSegment(offset: 80_000, audio: try .fixture(recording.file))
            let recognized = try LoadedModel.recognizer(family).recognize(segment, language: nil)
            let starts = recognized.flatMap(\.tokens).map(\.start)
            #expect(!starts.isEmpty && !starts.contains(nil), "\(recording.file)")
            let times = starts.compactMap { $0 }
            #expect(times == times.sorted(), "\(recording.file)")
            #expect(times.allSatisfy { (segment.start...segment.end).contains($0) }, "\(recording.file)")
            #expect(recognized.first?.start == times.first)
            #expect(recognized.last?.end == segment.end)
        }
    }
}
