import Foundation
import TestSupport
import Testing

/// Thousands of damaged requests to one server: none may harm it.
@Suite(.serialized, .server(TestRegistry([.senseVoice]), "--max-duration", "30s", "--log-level", "warning"))
struct FuzzTests {
    /// Forms with damage mostly in their lines and fields, less in their sound.
    @Test func twentyThousandDamagedFormsDoNotHarmTheServer() async throws {
        let server = try ServerProcess.shared()
        try await APIClient(server).waitUntilHealthy()
        let forms = try Self.forms.map { [UInt8](MultipartBody(file: $0.file, fields: $0.fields).data) }
        let bombardment = Bombardment(samples: 20_000)
        let tally = await bombardment.strike(server) { number in
            var generator = SeededGenerator(seed: UInt64(number))
            let form = forms[number % forms.count]
            let other = forms.randomElement(using: &generator) ?? form
            let body = form.damaged(times: .random(in: 1...4, using: &generator), splicing: other, using: &generator)
            return (MultipartBody.contentType, body)
        }
        try await expectUnshaken(server, after: tally, of: bombardment, name: "forms")
    }

    /// All fixture recordings in all formats, damaged, in intact forms.
    @Test func fiveThousandDamagedRecordingsDoNotHarmTheServer() async throws {
        let server = try ServerProcess.shared()
        try await APIClient(server).waitUntilHealthy()
        let recordings = try Manifest.shared.files.map { try MultipartBody.Upload(path: Fixtures.audio($0.file)) }
        let bombardment = Bombardment(samples: 5_000)
        let tally = await bombardment.strike(server) { number in
            var generator = SeededGenerator(seed: UInt64(number))
            var upload = recordings[number % recordings.count]
            let other = recordings.randomElement(using: &generator)?.bytes ?? Data()
            upload.bytes = Data(
                [UInt8](upload.bytes).damaged(
                    times: .random(in: 1...6, using: &generator), splicing: [UInt8](other), using: &generator))
            let form = MultipartBody(file: upload, fields: ["model": "sense_voice"])
            return (MultipartBody.contentType, [UInt8](form.data))
        }
        try await expectUnshaken(server, after: tally, of: bombardment, name: "recordings")
    }

    /// Expects that no response is missing, that there are both kinds, that the same engine runs, and that no upload is
    /// left.
    private func expectUnshaken(
        _ server: ServerProcess, after tally: Bombardment.Tally, of bombardment: Bombardment, name: String
    ) async throws {
        let restarts = server.process.standardError.matches(of: /The engine ended/).count
        Attachment.record("\(tally.description)engine restarts: \(restarts)\n", named: "\(name).txt")
        #expect(tally.statuses.values.reduce(0, +) == bombardment.samples)
        #expect((tally.statuses[200] ?? 0) > 0 && (tally.statuses[400] ?? 0) > 0)
        // No input to FFmpeg or sherpa-onnx may end an engine; those that did were fixed.
        #expect(restarts == 0, "\(server.process.standardError.suffix(2_000))")
        #expect(server.engines.count == 1)
        try await eventually("no upload is left") { server.folder.uploads.isEmpty }
        let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "sense_voice"])
        #expect(answer.body == #"{"text": "stop"}"#)
    }

    /// Forms with fields of every kind. The sound is mostly too short to be recognised, because recognition is
    /// expensive.
    private static var forms: [(file: MultipartBody.Upload, fields: KeyValuePairs<String, String>)] {
        get throws {
            let word = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
            let click = try MultipartBody.Upload(path: Fixtures.audio("bad_5ms.wav"))
            return [
                (click, ["model": "sense_voice"]),
                (click, ["model": "sense_voice", "response_format": "verbose_json", "language": "en"]),
                (
                    click,
                    [
                        "model": "sense_voice", "response_format": "json", "include[]": "logprobs", "prompt": "Ada",
                        "keywords[]": "Grace", "keywords[]": "Hopper", "temperature": "0.5",
                    ]
                ),
                (
                    click,
                    [
                        "model": "sense_voice", "timestamp_granularities[]": "word", "languages[]": "en",
                        "chunking_strategy": #"{"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 200}"#,
                    ]
                ),
                (click, ["model": "sense_voice", "chunking_strategy[type]": "server_vad", "response_format": "srt"]),
                (click, ["stream": "true", "model": "sense_voice"]),
                (word, ["stream": "true", "model": "sense_voice"]),
                (word, ["model": "sense_voice", "response_format": "vtt", "chunking_strategy": "auto"]),
            ]
        }
    }
}
