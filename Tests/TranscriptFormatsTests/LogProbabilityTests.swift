import Foundation
import SpeechTypes
import Testing

@testable import TranscriptFormats

@Suite struct LogProbabilityTests {
    private static let spoken: Transcript = {
        var transcript = Transcript(duration: .seconds(4))
        transcript.append(segment("ONE TWÓ", [("▁ONE", -0.5), ("▁TW", -1), ("Ó", -0.25)]))
        transcript.append(Transcript.Segment(start: .seconds(2), end: .seconds(2), text: "", tokens: [token("x", -9)]))
        transcript.append(segment("\"二\"", [(" \"", nil), ("二", -2), ("\"", -4)]))
        transcript.append(segment("so", [("so", nil)]))
        return transcript
    }()

    private static func segment(_ text: String, _ tokens: [(String, Double?)]) -> Transcript.Segment {
        Transcript.Segment(
            start: .seconds(1), end: .seconds(2), text: text, tokens: tokens.map { token($0.0, $0.1) })
    }

    private static func token(_ text: String, _ logProbability: Double?) -> Token {
        Token(text: text, start: nil, logProbability: logProbability)
    }

    @Test func everyTokenHasItsLogProbabilityAndBytes() {
        let json = ResponseFormat.json.render(Self.spoken, echoing: RequestEcho(), including: [.logProbabilities])
        #expect(
            json == #"{"text": "ONE TWÓ \"二\" so", "logprobs": ["#
                + [
                    #"{"token": " ONE", "logprob": -0.5, "bytes": [32, 79, 78, 69]}"#,
                    #"{"token": " TW", "logprob": -1, "bytes": [32, 84, 87]}"#,
                    #"{"token": "Ó", "logprob": -0.25, "bytes": [195, 147]}"#,
                    #"{"token": " \"", "logprob": null, "bytes": [32, 34]}"#,
                    #"{"token": "二", "logprob": -2, "bytes": [228, 186, 140]}"#,
                    #"{"token": "\"", "logprob": -4, "bytes": [34]}"#,
                    #"{"token": "so", "logprob": null, "bytes": [115, 111]}"#,
                ].joined(separator: ", ") + "]}")
    }

    @Test func silenceHasNoTokens() {
        #expect(
            ResponseFormat.json.render(Transcript(), echoing: RequestEcho(), including: [.logProbabilities])
                == #"{"text": "", "logprobs": []}"#)
    }

    @Test func otherFormatsAreUnchanged() {
        for format in ResponseFormat.allCases where format != .json {
            #expect(
                format.render(Self.spoken, echoing: RequestEcho(), including: [.logProbabilities])
                    == format.render(Self.spoken, echoing: RequestEcho()))
        }
    }

    @Test func aSegmentHasTheMeanOfItsTokensAndZeroWhereNoneIsKnown() throws {
        let verbose = try object(ResponseFormat.verboseJSON.render(Self.spoken, echoing: RequestEcho()))
        let segments = try #require(verbose["segments"] as? [[String: Any]])
        let means = segments.map { $0["avg_logprob"] as? Double }
        #expect(means.count == 3)
        #expect(abs((means[0] ?? 0) + 1.75 / 3) < 1e-12)
        #expect(means.dropFirst() == [-3, 0])
    }
}
