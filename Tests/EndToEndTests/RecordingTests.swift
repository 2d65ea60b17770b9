import Foundation
import TestSupport
import Testing

/// The exact texts of real recordings, from a running server.
@Suite(.serialized, .server(TestRegistry(TestRegistry.Model.fixtures)))
struct RecordingTests {
    @Test(arguments: Manifest.shared.files)
    func everyRecordingIsTranscribedExactly(recording: Manifest.Recording) async throws {
        let expected = try #require(recording.result(of: "sense_voice"))
        let answer = try await APIClient.shared().transcribe(recording.file, ["model": "sense_voice"])
        #expect(answer.status == 200)
        #expect(try answer.json(TextBody.self).text == expected.text)
    }

    @Test(arguments: [
        ("sense_voice", "one two three four"), ("whisper", "one two three four"),
        ("paraformer", "one two three four"), ("transducer", "ONE TWO THREE FOUR"),
    ])
    func everyFamilyTranscribesExactly(model: String, text: String) async throws {
        let answer = try await APIClient.shared().transcribe("en_digits_16k.wav", ["model": model])
        #expect(answer.body == #"{"text": "\#(text)"}"#)
    }

    @Test func folderAndExtensionOfAFileNameAreIgnored() async throws {
        let bytes = try Data(contentsOf: URL(filePath: Fixtures.audio("en_44k1_stereo.mp3")))
        for name in ["../../etc/speech.txt", "speech", "Spräche „1“.wav"] {
            let answer = try await APIClient.shared()
                .transcribe(MultipartBody.Upload(name: name, bytes: bytes), ["model": "sense_voice"])
            #expect(answer.body == #"{"text": "seven three one"}"#, "\(name)")
        }
    }

    @Test func aMinuteWithPausesIsTranscribedCompletely() async throws {
        let session = Manifest.shared.session
        let answer = try await APIClient.shared().transcribe(session.file, ["model": "sense_voice"])
        #expect(try answer.json(TextBody.self).text == session.utterances.map(\.text).joined(separator: " "))
    }

    @Test func damageIsReportedWithTheText() async throws {
        var bytes = try Data(contentsOf: URL(filePath: Fixtures.audio("en_44k1_stereo.mp3")))
        bytes.replaceSubrange(bytes.count - 4_000..<bytes.count - 1_000, with: Data(repeating: 0xFF, count: 3_000))
        let answer = try await APIClient.shared()
            .transcribe(MultipartBody.Upload(name: "a.mp3", bytes: bytes), ["model": "sense_voice"])
        #expect(answer.status == 200)
        #expect(answer.headers["x-asr-damaged-packets"].flatMap { Int($0) } ?? 0 > 0)
        #expect(try answer.json(TextBody.self).text.hasPrefix("seven three"))
    }

    /// 72 s: three windows at least.
    @Test(arguments: ["sense_voice", "paraformer", "whisper"])
    func aLongRecordingIsTranscribedCompletely(model: String) async throws {
        let phrases = try Phrases(20)
        let answer = try await APIClient.shared().transcribe(phrases.file, ["model": model])
        #expect(try answer.json(TextBody.self).text == phrases.text)
    }

    @Test func requestsForDifferentModelsRunConcurrently() async throws {
        let client = try APIClient.shared()
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for model in ["sense_voice", "transducer", "sense_voice", "transducer", "sense_voice"] {
                group.addTask { try await client.transcribe("en_digits_16k.wav", ["model": model]).body }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let lower = #"{"text": "one two three four"}"#
        let upper = #"{"text": "ONE TWO THREE FOUR"}"#
        #expect(texts.sorted() == [upper, upper, lower, lower, lower])
    }
}
