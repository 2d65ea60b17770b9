import Foundation
import TestSupport
import Testing

/// Requests that cannot be fulfilled, and their errors.
@Suite(.serialized, .server(TestRegistry([.senseVoice])))
struct AudioDecodeFailureTests {
    @Test(arguments: [
        ("bad_empty.wav", "audio_empty"), ("bad_5ms.wav", "audio_too_short"),
        ("bad_truncated.wav", "audio_undecodable"), ("bad_text.wav", "audio_undecodable"),
        ("bad_zero_bytes.wav", "audio_empty"),
    ])
    func aBadRecordingIsRefused(file: String, code: String) async throws {
        let client = try APIClient.shared()
        for stream in ["false", "true"] {
            let answer = try await client.transcribe(file, ["model": "sense_voice", "stream": stream])
            try expectError(answer, 400, code, parameter: "file")
        }
    }

    @Test(arguments: [
        ("response_format", "yaml", "invalid_value"), ("response_format", "diarized_json", "unsupported_value"),
        ("language", "english please", "invalid_value"),
        ("temperature", "1.1", "invalid_value"), ("temperature", "-1", "invalid_value"),
        ("temperature", "nan", "invalid_value"), ("temperature", "warm", "invalid_value"),
        ("stream", "perhaps", "invalid_value"),
        ("timestamp_granularities[]", "letter", "invalid_value"),
        ("include[]", "logprobs", "unsupported_value"),
        ("chunking_strategy", "never", "invalid_value"),
        ("chunking_strategy[type]", "client_vad", "invalid_value"),
    ])
    func aBadFieldIsNamed(field: String, value: String, code: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_word_16k.wav", ["model": "sense_voice", field: value])
        let parameter = field.prefix { $0 != "[" }
        try expectError(answer, 400, code, parameter: String(parameter))
    }

    @Test(arguments: ["srt", "vtt"])
    func subtitlesCannotBeStreamed(format: String) async throws {
        let answer = try await APIClient.shared().transcribe(
            "en_word_16k.wav", ["model": "sense_voice", "response_format": format, "stream": "true"])
        try expectError(answer, 400, "unsupported_value", parameter: "response_format")
    }

    @Test(arguments: [[:], ["model": ""]] as [KeyValuePairs<String, String>])
    func aFormWithoutModelUsesTheDefaultModel(fields: KeyValuePairs<String, String>) async throws {
        let answer = try await APIClient.shared().transcribe("en_word_16k.wav", fields)
        #expect(answer.body == #"{"text": "stop"}"#)
    }

    @Test func aFormWithoutFileIsRefused() async throws {
        let answer = try await APIClient.shared().transcribe(nil, ["model": "sense_voice"])
        try expectError(answer, 400, "missing_required_parameter", parameter: "file")
    }

    @Test func anUnknownModelIsNotFoundAndKnownOnesAreListed() async throws {
        let answer = try await APIClient.shared().transcribe("en_word_16k.wav", ["model": "gpt-5-transcribe"])
        try expectError(answer, 404, "model_not_found", parameter: "model")
        #expect(try answer.error.message.contains("sense_voice"))
    }

    @Test(arguments: ["application/json", "application/x-www-form-urlencoded", "text/plain"])
    func otherBodiesAreAnUnsupportedMediaType(type: String) async throws {
        let answer = try await APIClient.shared().send(
            "POST", APIClient.transcriptions, headers: [("Content-Type", type)], body: Data("{}".utf8))
        try expectError(answer, 415, "unsupported_media_type")
    }

    @Test func aRequestWithoutContentTypeIsAnUnsupportedMediaType() async throws {
        let answer = try await APIClient.shared().send("POST", APIClient.transcriptions, body: Data("file".utf8))
        try expectError(answer, 415, "unsupported_media_type")
    }

    @Test(arguments: [
        "", "no boundary at all", "--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nRIFF",
        "--B\r\n\r\nnameless\r\n--B--\r\n",
    ])
    func aMalformedFormIsRefused(body: String) async throws {
        let answer = try await APIClient.shared().send(
            "POST", APIClient.transcriptions, headers: [("Content-Type", "multipart/form-data; boundary=B")],
            body: Data(body.utf8))
        try expectError(answer, 400, "invalid_value")
    }

    @Test func aFormWithTwoFilesIsRefused() async throws {
        let file = try MultipartBody.Upload(path: Fixtures.audio("en_word_16k.wav"))
        let end = "--\(MultipartBody.boundary)--\r\n".utf8.count
        let twice =
            MultipartBody(file: file, fields: [:]).data.dropLast(end)
            + MultipartBody(file: file, fields: ["model": "sense_voice"]).data
        let answer = try await APIClient.shared().send(
            "POST", APIClient.transcriptions, headers: [("Content-Type", MultipartBody.contentType)], body: twice)
        try expectError(answer, 400, "invalid_value", parameter: "file")
    }

    @Test(arguments: ["/nothing", "/v1", "/v1/audio", "/v2/audio/transcriptions", "/v1/audio/transcriptions/x"])
    func anUnknownPathIsNotFound(path: String) async throws {
        try expectError(try await APIClient.shared().get(path), 404, "not_found")
    }

    @Test(arguments: [
        ("GET", "/v1/audio/transcriptions", "POST"), ("DELETE", "/v1/audio/transcriptions", "POST"),
        ("POST", "/v1/models", "GET, HEAD"), ("PUT", "/v1/models/sense_voice", "GET, POST, DELETE, HEAD"),
        ("PUT", "/health", "GET, HEAD"), ("POST", "/health/ready", "GET, HEAD"),
    ])
    func aWrongMethodIsRefusedListingTheAllowedOnes(method: String, path: String, allowed: String) async throws {
        let answer = try await APIClient.shared().send(method, path)
        try expectError(answer, 405, "method_not_allowed")
        #expect(answer.headers["allow"] == allowed)
    }

    @Test func noOutcomeLeavesFilesOnDisk() async throws {
        let server = try ServerProcess.shared()
        let client = APIClient(server)
        for file in ["en_word_16k.wav", "bad_text.wav", "bad_zero_bytes.wav"] {
            for model in ["sense_voice", "unknown"] {
                _ = try await client.transcribe(file, ["model": model, "response_format": "text"])
                _ = try await client.transcribe(file, ["model": model, "temperature": "9"], fileFirst: true)
            }
        }
        try await eventually("no upload is left") { server.folder.uploads.isEmpty }
    }
}
