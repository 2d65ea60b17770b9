import Foundation
import TestSupport
import Testing

/// `include[]=logprobs`, and the segments' values for the model's confidence.
@Suite(
    .serialized,
    .server(
        TestRegistry([
            .transducer, .transducer.named("beam", options: ["decoding_method": "modified_beam_search"]), .senseVoice,
        ])))
struct LogProbabilityTests {
    private struct Told: Decodable {
        struct Token: Decodable {
            var token: String
            var logprob: Double
            var bytes: [UInt8]
        }
        struct Segment: Decodable {
            var text: String
            var mean: Double

            enum CodingKeys: String, CodingKey {
                case text
                case mean = "avg_logprob"
            }
        }
        var text: String
        var logprobs: [Token]?
        var segments: [Segment]?
    }

    @Test(arguments: ["transducer", "beam"], ["en_digits_16k.wav", "en_homophones_16k.wav", "session_60s.flac"])
    func tokensJoinToTheText(model: String, file: String) async throws {
        let answer = try await APIClient.shared().transcribe(file, ["model": model, "include[]": "logprobs"])
        let told = try answer.json(Told.self)
        let tokens = try #require(told.logprobs)
        #expect(tokens.map(\.token).joined().trimmingCharacters(in: .whitespaces) == told.text)
        #expect(told.text.contains(" "))
        for token in tokens {
            #expect(token.logprob <= 0 && token.logprob > -20)
            #expect(token.bytes == Array(token.token.utf8))
        }
        #expect(tokens.contains { $0.logprob < 0 })
        let keys = answer.body.matches(of: /"([a-z]+)":/).prefix(5).map { String($0.1) }
        #expect(keys == ["text", "logprobs", "token", "logprob", "bytes"])
    }

    @Test(arguments: ["transducer", "beam"])
    func aSegmentHasTheMeanOfItsTokens(model: String) async throws {
        let client = try APIClient.shared()
        let tokens = try await client.transcribe("en_digits_16k.wav", ["model": model, "include": "logprobs"])
            .json(Told.self).logprobs?.map(\.logprob)
        let mean = try #require(tokens.map { $0.reduce(0, +) / Double($0.count) })
        let verbose = try await client.transcribe(
            "en_digits_16k.wav", ["model": model, "response_format": "verbose_json"]
        ).json(Told.self)
        #expect(verbose.segments?.map(\.text) == ["ONE TWO THREE FOUR"])
        #expect(verbose.segments.map { abs($0[0].mean - mean) < 1e-9 && mean < 0 } == true)
    }

    @Test func silenceHasNoLogProbabilities() async throws {
        let answer = try await APIClient.shared().transcribe(
            "silence_16k.wav", ["model": "transducer", "include[]": "logprobs"])
        #expect(answer.body == #"{"text": "", "logprobs": []}"#)
    }

    @Test func logProbabilitiesAreOnlySentOnRequest() async throws {
        let answer = try await APIClient.shared().transcribe("en_digits_16k.wav", ["model": "transducer"])
        #expect(answer.body == #"{"text": "ONE TWO THREE FOUR"}"#)
    }

    @Test func aModelWithoutLogProbabilitiesIsRefusedListingOthers() async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_word_16k.wav", ["model": "sense_voice", "include[]": "logprobs"])
        try expectError(answer, 400, "unsupported_value", parameter: "include")
        #expect(try answer.error.message.contains("'sense_voice' does not tell how sure it is"))
        #expect(try answer.error.message.hasSuffix("These can: transducer, beam."))
    }

    @Test(arguments: [("response_format", "verbose_json"), ("response_format", "srt"), ("stream", "true")])
    func logProbabilitiesRequireUnstreamedJSON(field: String, value: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_word_16k.wav", ["model": "transducer", "include[]": "logprobs", field: value])
        try expectError(answer, 400, "unsupported_value", parameter: "include")
    }
}
