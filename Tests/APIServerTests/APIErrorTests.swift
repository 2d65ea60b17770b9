import Foundation
import HTTPTypes
import Hummingbird
import ModelStore
import SpeechTypes
import Testing

@testable import APIServer
@testable import Engines

@Suite struct APIErrorTests {
    /// An error that a handler throws, and the response to it.
    struct Answer: Sendable, CustomTestStringConvertible {
        let error: any Error & Sendable
        let status: Int
        let code: String
        var type = "invalid_request_error"
        var parameter: String?
        var retryAfter: String?
        var shouldRetry: String?

        var testDescription: String { "\(status) \(code)" }
    }

    static let answers: [Answer] = [
        Answer(
            error: APIError.missing("file", "m"), status: 400, code: "missing_required_parameter", parameter: "file"),
        Answer(error: APIError.invalid("stream", "m"), status: 400, code: "invalid_value", parameter: "stream"),
        Answer(
            error: APIError.unsupported("include", "m"), status: 400, code: "unsupported_value", parameter: "include"),
        Answer(error: APIError.tooLarge(limit: 5), status: 413, code: "audio_too_large", parameter: "file"),
        Answer(error: MultipartError(.notMultipart, "m"), status: 415, code: "unsupported_media_type"),
        Answer(error: MultipartError(.truncated, "m"), status: 400, code: "invalid_value"),
        Answer(error: ModelError(.notFound, "m"), status: 404, code: "model_not_found", parameter: "model"),
        Answer(
            error: ModelError(.notReady, "m", retryAfter: .seconds(30)), status: 503, code: "model_not_ready",
            type: "server_error", parameter: "model", retryAfter: "30"),
        Answer(
            error: ModelError(.failed, "m"), status: 503, code: "model_failed", type: "server_error",
            parameter: "model", shouldRetry: "false"),
        Answer(
            error: EngineError(.modelFailed, "m"), status: 503, code: "model_failed", type: "server_error",
            parameter: "model", shouldRetry: "false"),
        Answer(
            error: EngineError(.modelNotReady, "m"), status: 503, code: "model_not_ready", type: "server_error",
            parameter: "model", retryAfter: "5"),
        Answer(
            error: EngineError(.crashed, "m"), status: 500, code: "engine_crashed", type: "server_error",
            shouldRetry: "false"),
        Answer(
            error: EngineError(.overloaded, "m"), status: 503, code: "server_overloaded", type: "server_error",
            retryAfter: "5"),
        Answer(
            error: EngineError(.jobFailed, "m"), status: 500, code: "internal_error", type: "server_error",
            shouldRetry: "false"),
        Answer(
            error: EngineError(.shuttingDown, "m"), status: 503, code: "shutting_down", type: "server_error",
            retryAfter: "1"),
        Answer(error: TranscriptionError(.audioEmpty, "m"), status: 400, code: "audio_empty", parameter: "file"),
        Answer(
            error: TranscriptionError(.audioUnreadable, "m"), status: 503, code: "storage_unavailable",
            type: "server_error", retryAfter: "1"),
        Answer(
            error: TranscriptionError(.audioUndecodable, "m"), status: 400, code: "audio_undecodable",
            parameter: "file"),
        Answer(error: TranscriptionError(.audioTooShort, "m"), status: 400, code: "audio_too_short", parameter: "file"),
        Answer(error: TranscriptionError(.audioTooLong, "m"), status: 413, code: "audio_too_long", parameter: "file"),
        Answer(
            error: TranscriptionError(.unsupportedLanguage, "m"), status: 400, code: "unsupported_value",
            parameter: "language"),
        Answer(
            error: TranscriptionError(.unsupportedCandidate, "m"), status: 400, code: "unsupported_value",
            parameter: "languages"),
        Answer(
            error: TranscriptionError(.unsupportedTask, "m"), status: 400, code: "unsupported_value",
            parameter: "model"),
        Answer(
            error: TranscriptionError(.recognitionFailed, "m"), status: 500, code: "recognition_failed",
            type: "server_error", shouldRetry: "false"),
        Answer(error: HTTPError(.notFound), status: 404, code: "not_found"),
        Answer(error: HTTPError(.badRequest), status: 400, code: "invalid_value"),
        Answer(error: APIError.unforeseen, status: 500, code: "internal_error", type: "server_error"),
    ]

    @Test(arguments: answers)
    func everyErrorMapsToItsResponse(answer: Answer) throws {
        let error = try #require(APIError(answer.error))
        let response = error.response
        #expect(response.status.code == answer.status)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.retryAfter] == answer.retryAfter)
        #expect(response.headers[.shouldRetry] == answer.shouldRetry)

        let object = try JSONSerialization.jsonObject(with: Data(error.body.text.utf8)) as? [String: [String: Any]]
        let body = try #require(object?["error"])
        #expect(object?.count == 1)
        #expect(body["message"] as? String == error.message)
        #expect(body["type"] as? String == answer.type)
        #expect(body["code"] as? String == answer.code)
        #expect(body["param"] as? String == answer.parameter)
        #expect(body.keys.sorted() == ["code", "message", "param", "type"], "a key without value is null, not missing")
    }

    @Test func keysComeInTheDocumentedOrder() {
        let error = APIError.invalid("stream", #"not "a/b""#)
        #expect(
            error.body.text == #"{"error": {"message": "not \"a/b\"", "type": "invalid_request_error", "#
                + #""param": "stream", "code": "invalid_value"}}"#)
    }

    @Test func anUnexpectedErrorHasNoResponseOfItsOwn() {
        #expect(APIError(CancellationError()) == nil)
    }

    @Test(arguments: [(401, "authentication_error"), (429, "rate_limit_error"), (413, "invalid_request_error")])
    func theTypeFollowsTheStatus(status: Int, type: String) {
        let error = APIError(status: .init(code: status), code: "c", message: "m")
        #expect(error.type == type)
    }

    @Test(arguments: [(Duration.milliseconds(1), "1"), (.seconds(2.9), "2"), (.seconds(60), "60")])
    func retryAfterIsAWholeNumberOfSeconds(time: Duration, text: String) {
        let error = APIError(status: .serviceUnavailable, code: "c", message: "m", retryAfter: time)
        #expect(error.response.headers[.retryAfter] == text)
    }

    @Test func aResponseBeforeTheBodyIsReadClosesTheConnection() {
        #expect(APIError.tooLarge(limit: 1).response.headers[.connection] == "close")
        #expect(APIError.missing("file", "m").response.headers[.connection] == nil)
    }
}
