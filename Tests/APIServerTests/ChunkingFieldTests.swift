import SpeechTypes
import Testing

@testable import APIServer

@Suite struct ChunkingFieldTests {
    private static let field = "chunking_strategy"

    @Test(arguments: [
        [(field, "auto")], [(field, #"{"type": "server_vad"}"#)], [("\(field)[type]", "server_vad")],
        [(field, #"{"type":"server_vad","threshold":null,"create_response":"x"}"#)],
        [(field, ""), ("\(field)[type]", "server_vad"), ("\(field)[threshold]", "")],
        [(field, "auto"), ("\(field)[type]", "nonsense")],
    ])
    func missingFieldsHaveOpenAIsDefaults(fields: [(String, String)]) async throws {
        let strategy = try #require(try await SentForm(fields).received().chunking)
        #expect(strategy.threshold == 0.5)
        #expect(strategy.prefixPadding == .milliseconds(300))
        #expect(strategy.silence == .milliseconds(200))
    }

    @Test(arguments: [
        [(field, #"{"type": "server_vad", "threshold": 0.25, "prefix_padding_ms": 0, "silence_duration_ms": 1500}"#)],
        [
            ("\(field)[silence_duration_ms]", "1500"), ("\(field)[type]", "server_vad"),
            ("\(field)[threshold]", "0.25"), ("\(field)[prefix_padding_ms]", "0"),
        ],
    ])
    func everyMemberIsAcceptedInBothSpellings(fields: [(String, String)]) async throws {
        let expected = ChunkingStrategy(threshold: 0.25, prefixPadding: .zero, silence: .milliseconds(1500))
        #expect(try await SentForm(fields).received().chunking == expected)
    }

    @Test func anAbsentFieldMeansNoStrategy() async throws {
        #expect(try await SentForm().received().chunking == nil)
        #expect(try await SentForm([(Self.field, "")]).received().chunking == nil)
    }

    @Test(arguments: [
        ("sometimes", "neither auto nor a JSON object"), ("{", "neither auto nor a JSON object"),
        ("[]", "neither auto nor a JSON object"), (#"{"type": ["server_vad"]}"#, "neither auto nor a JSON object"),
        ("{}", "type"), (#"{"type": "semantic_vad"}"#, "type 'semantic_vad'"), (#"{"threshold": 0.5}"#, "type"),
        (#"{"type": "server_vad", "threshold": 1.01}"#, "threshold '1.01'"),
        (#"{"type": "server_vad", "threshold": -0.1}"#, "threshold '-0.1'"),
        (#"{"type": "server_vad", "threshold": "loud"}"#, "threshold 'loud'"),
        (#"{"type": "server_vad", "prefix_padding_ms": -1}"#, "prefix_padding_ms"),
        (#"{"type": "server_vad", "prefix_padding_ms": 10001}"#, "prefix_padding_ms"),
        (#"{"type": "server_vad", "silence_duration_ms": "nan"}"#, "silence_duration_ms 'nan'"),
        (#"{"type": "server_vad", "silence_duration_ms": 1e300}"#, "silence_duration_ms"),
    ])
    func aBadStrategyIsRefusedNamingTheMember(value: String, words: String) async throws {
        try await expectRefusal([(Self.field, value)], words)
    }

    @Test(arguments: [
        ("type", "client_vad", "type 'client_vad'"), ("threshold", "0.5", "type"), ("threshold", "2", "type"),
    ])
    func aBadMemberIsRefusedByName(member: String, value: String, words: String) async throws {
        try await expectRefusal([("\(Self.field)[\(member)]", value)], words)
    }

    private func expectRefusal(_ fields: [(String, String)], _ words: String) async throws {
        let error = try #require(try await SentForm(fields).refusal())
        #expect(error.status == .badRequest)
        #expect(error.code == "invalid_value")
        #expect(error.parameter == Self.field)
        #expect(error.message.contains(words), "\(error.message)")
    }
}
