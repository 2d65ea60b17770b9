import TestSupport
import Testing

/// Forms with the maximum amount of text.
@Suite(.serialized, .server(TestRegistry([.whisper, .hotwords])))
struct LargeFormTests {
    /// More than 1 MiB as JSON, but less as a form: letters with many marks, and control characters, which take six
    /// times as much in JSON.
    private static let hints: [(key: String, value: String)] = {
        let marked = String(repeating: "e" + String(repeating: "\u{301}", count: 5), count: 200)
        let control = String(repeating: "\u{2}", count: 200)
        let keywords = Array(repeating: marked, count: 400) + Array(repeating: control, count: 100)
        return keywords.map { ("keywords[]", $0) } + [("prompt", String(repeating: "\u{1}", count: 10_000))]
    }()

    @Test(arguments: [("whisper", "stop"), ("hotwords", "STOP")])
    func aFormWithAMebibyteOfTextIsTranscribed(model: String, text: String) async throws {
        let server = try ServerProcess.shared()
        let client = APIClient(server)
        _ = try await client.transcribe("en_word_16k.wav", ["model": model])
        let engines = server.engines
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
        for _ in 0..<2 {
            let form = MultipartBody(file: file, fields: [("model", model)] + Self.hints)
            #expect(form.data.count - file.bytes.count < 1 << 20)
            let answer = try await client.send(form)
            #expect(answer.body == #"{"text": "\#(text)"}"#)
            #expect(answer.headers["x-asr-ignored"] == "prompt, keywords")
        }
        #expect(server.engines == engines)
        #expect(!server.process.standardError.contains("The engine ended"))
    }
}
