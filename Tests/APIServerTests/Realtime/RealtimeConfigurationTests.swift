@testable import APIServer
import Essentials
import Foundation
import SpeechTypes
import Testing
import TranscriptFormats

@Suite struct RealtimeConfigurationTests {
    private static func merged(
        _ json: String, over configuration: RealtimeConfiguration = RealtimeConfiguration()
    ) throws -> RealtimeConfiguration {
        try configuration.merging(JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)))
    }

    @Test func everyFieldIsTaken() throws {
        let configuration = try Self.merged(
            """
            {"type": "transcription", "include": ["item.input_audio_transcription.logprobs"], "audio": {"input": {
              "format": {"type": "audio/pcm", "rate": 16000}, "noise_reduction": {"type": "near_field"},
              "transcription": {"model": "whisper-1", "language": "en-US", "languages": ["de"], "prompt": "Names",
                "keywords": ["Okonkwo"], "delay": "high"},
              "turn_detection": {"type": "server_vad", "threshold": 0.7, "prefix_padding_ms": 200,
                "silence_duration_ms": 800, "idle_timeout_ms": 5000}}}}
            """)
        #expect(configuration.format == .pcm(rate: 16_000))
        #expect(configuration.noiseReduction == "near_field")
        #expect(configuration.includesLogProbabilities)
        let transcription = try #require(configuration.transcription)
        #expect(transcription.model == "whisper-1")
        #expect(transcription.language == Language(code: "en"))
        #expect(transcription.languages == [Language(code: "de")])
        #expect(transcription.hints == Hints(prompt: "Names", keywords: ["Okonkwo"]))
        #expect(transcription.delay == .high)
        let detection = LiveSettings.TurnDetection(
            threshold: 0.7, prefix: .milliseconds(200), silence: .milliseconds(800))
        #expect(configuration.turnDetection == .server(detection, idleTimeout: .seconds(5)))
        #expect(configuration.settings.turnDetection == detection)
    }

    @Test func anUpdateChangesOnlyItsFields() throws {
        let first = try Self.merged(
            #"{"audio": {"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 900}}}}"#)
        let second = try Self.merged(
            #"{"audio": {"input": {"turn_detection": {"threshold": 0.8}, "transcription": {"language": "de"}}}}"#,
            over: first)
        #expect(
            second.turnDetection
                == .server(.init(threshold: 0.8, silence: .milliseconds(900)), idleTimeout: nil))
        #expect(second.transcription?.language == Language(code: "de"))
        #expect(try Self.merged("{}", over: second) == second)
    }

    @Test func modelsWithoutTurnDetectionLeaveTurnsToTheClient() throws {
        func naming(_ model: String) -> String {
            #"{"audio": {"input": {"transcription": {"model": "\#(model)"}}}}"#
        }
        let usual = RealtimeConfiguration().turnDetection
        let live = try Self.merged(naming("gpt-live-transcribe-2026-08-01"))
        #expect(live.turnDetection == nil)
        #expect(try Self.merged(naming("gpt-4o-transcribe"), over: live).turnDetection == usual)
        let chosen = try Self.merged(#"{"audio": {"input": {"turn_detection": {"type": "server_vad"}}}}"#, over: live)
        #expect(chosen.turnDetection == usual)
        #expect(try Self.merged(naming("gpt-realtime-whisper"), over: chosen).turnDetection == usual)
    }

    @Test func nullTurnsOff() throws {
        let configuration = try Self.merged(
            #"{"audio": {"input": {"turn_detection": null, "transcription": null, "noise_reduction": null}}}"#)
        #expect(configuration.turnDetection == nil)
        #expect(configuration.transcription == nil)
        #expect(configuration.settings.turnDetection == nil)
    }

    @Test(arguments: [("high", 0.5), ("medium", 1), ("auto", 1), ("low", 2)])
    func eagernessSetsThePause(eagerness: String, seconds: Double) throws {
        let configuration = try Self.merged(
            #"{"audio": {"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "\#(eagerness)"}}}}"#)
        #expect(configuration.settings.turnDetection?.silence == .seconds(seconds))
    }

    @Test(arguments: [
        (#"{"type": "realtime"}"#, "session.type"),
        (#"{"audio": 3}"#, "session.audio"),
        (#"{"include": ["everything"]}"#, "session.include[0]"),
        (#"{"audio": {"input": {"format": {"type": "audio/mp3"}}}}"#, "session.audio.input.format.type"),
        (#"{"audio": {"input": {"format": {"type": "audio/pcm", "rate": 96000}}}}"#, "session.audio.input.format.rate"),
        (#"{"audio": {"input": {"transcription": {"language": 7}}}}"#, "session.audio.input.transcription.language"),
        (#"{"audio": {"input": {"transcription": {"delay": "none"}}}}"#, "session.audio.input.transcription.delay"),
        (#"{"audio": {"input": {"transcription": {"keywords": "a"}}}}"#, "session.audio.input.transcription.keywords"),
        (
            #"{"audio": {"input": {"transcription": {"prompt": "\#(String(repeating: "a", count: 10_001))"}}}}"#,
            "session.audio.input.transcription.prompt"
        ),
        (#"{"audio": {"input": {"turn_detection": {"type": "x"}}}}"#, "session.audio.input.turn_detection.type"),
        (
            #"{"audio": {"input": {"turn_detection": {"threshold": 2}}}}"#,
            "session.audio.input.turn_detection.threshold"
        ),
        (#"{"audio": {"input": {"noise_reduction": {"type": "x"}}}}"#, "session.audio.input.noise_reduction.type"),
    ])
    func aWrongValueIsNamed(json: String, parameter: String) {
        let error = #expect(throws: APIError.self) { try Self.merged(json) }
        #expect(error?.parameter == parameter)
    }

    @Test func whatIsShownIsTheWholeConfiguration() throws {
        let text = RealtimeConfiguration().json(id: "sess_1", expiry: 9, model: "tiny").text
        #expect(
            text
                == #"{"type": "transcription", "object": "realtime.transcription_session", "id": "sess_1", "#
                + #""expires_at": 9, "audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}, "#
                + #""noise_reduction": null, "transcription": {"model": "tiny", "language": null, "prompt": "", "#
                + #""delay": "low"}, "turn_detection": {"type": "server_vad", "threshold": 0.5, "#
                + #""prefix_padding_ms": 300, "silence_duration_ms": 500, "idle_timeout_ms": null}}}, "include": null}"#
        )
        #expect(
            try Self.merged(text)
                == RealtimeConfiguration(transcription: .init(model: "tiny"), hasChosenTurnDetection: true))
    }

    /// A character may have any number of combining marks, and a value any length.
    @Test(arguments: [
        ["type"], ["include"], ["audio", "input", "format", "type"], ["audio", "input", "transcription", "model"],
        ["audio", "input", "transcription", "language"], ["audio", "input", "transcription", "prompt"],
        ["audio", "input", "transcription", "delay"], ["audio", "input", "turn_detection", "type"],
        ["audio", "input", "noise_reduction", "type"],
    ])
    func aRefusalQuotesLittle(path: [String]) {
        for text in ["a" + String(repeating: "\u{301}", count: 1 << 20), String(repeating: "a", count: 1 << 20)] {
            let value = path.reversed().reduce(JSONValue.string(text)) { .object([($1, $0)]) }
            let error = #expect(throws: APIError.self) { try RealtimeConfiguration().merging(value) }
            #expect((error?.message.utf8.count ?? .max) < 2000)
        }
    }
}
