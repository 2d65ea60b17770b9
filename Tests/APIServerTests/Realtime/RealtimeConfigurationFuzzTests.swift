import SpeechTypes
import TestSupport
import Testing
import TranscriptFormats

@testable import APIServer

/// Random updates of a session, most of them with wrong values.
@Suite struct RealtimeConfigurationFuzzTests {
    /// Values for any field.
    private static let values: [JSONValue] = [
        .null, true, false, 0, 1, -1, 0.5, 1e308, -1e308, 1000, 5000, 30_000, 8000, 16_000, 48_000, 9e18, "", "auto",
        "en",
        "zh-CN", "xx-", "e\u{301}\u{301}", "\u{0}", "transcription", "server_vad", "semantic_vad", "low", "high",
        "audio/pcm", "audio/pcmu", "near_field", .array([]), .array(["en", "de"]), .array([.null, 1]),
        .array(["item.input_audio_transcription.logprobs"]), .object([]), .object([("type", "server_vad")]),
    ]
    private static let names = [
        ["type", "include", "audio"], ["input", "output"],
        ["format", "noise_reduction", "transcription", "turn_detection"],
        [
            "type", "rate", "model", "language", "languages", "prompt", "keywords", "delay", "threshold", "eagerness",
            "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms",
        ],
    ]

    private static func session(depth: Int = 0, using random: inout SeededGenerator) -> JSONValue {
        let count = Int.random(in: 1...3, using: &random)
        return .object(
            (0..<count).map { _ in
                let name = names[depth].randomElement(using: &random) ?? ""
                let isDeeper = depth < 3 && Int.random(in: 0..<8, using: &random) > 0
                let value =
                    isDeeper && !["type", "include"].contains(name)
                    ? session(depth: depth + 1, using: &random) : values.randomElement(using: &random) ?? .null
                return (name, value)
            })
    }

    private static func shown(_ configuration: RealtimeConfiguration) -> JSONValue {
        configuration.json(id: "sess_1", expiry: 0, model: configuration.transcription?.model)
    }

    @Test(arguments: 0..<8) func whateverIsTakenIsInRange(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var configuration = RealtimeConfiguration()
        var (taken, refused) = (0, 0)
        for _ in 0..<4000 {
            let update = Self.session(using: &random)
            do throws(APIError) {
                configuration = try configuration.merging(update)
                taken += 1
            } catch {
                #expect(error.status == .badRequest && error.parameter?.hasPrefix("session") == true, "\(update.text)")
                refused += 1
            }
            let settings = configuration.settings
            #expect(LiveAudioFormat.rates.contains(settings.format.rate), "\(update.text)")
            if let detection = settings.turnDetection {
                #expect((0...1).contains(detection.threshold), "\(update.text)")
                #expect((.zero ... .seconds(5)).contains(detection.prefix), "\(update.text)")
                #expect((.zero ... .seconds(30)).contains(detection.silence), "\(update.text)")
            }
            // What the client is shown is shown again when it is sent back.
            let shown = Self.shown(configuration)
            #expect(try Self.shown(RealtimeConfiguration().merging(shown)).text == shown.text, "\(update.text)")
        }
        #expect(taken > 200 && refused > 200)
    }
}
