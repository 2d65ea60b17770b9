import Engines
import HTTPTypes
import Hummingbird
import ModelStore
import NIOHTTP1
import SpeechTypes

/// The one place where errors become HTTP. There is no `default` over our own codes: a new one must choose its status.
extension APIError {
    /// The response to an error that a handler threw; `nil` for an unforeseen one.
    init?(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as QueueFull: self.init(error)
        case let error as MultipartError: self.init(error)
        case is StorageFull: self = .storageFull
        case let error as SpoolUnavailable: self.init(error)
        case let error as ModelError: self.init(error)
        case let error as EngineError: self.init(error)
        case let error as TranscriptionError: self.init(error)
        case let error as HTTPError: self.init(error)
        case let error as HTTPParserError: self.init(error)
        default: return nil
        }
    }

    init(_ error: QueueFull) {
        self.init(
            status: .tooManyRequests, code: "queue_full", message: error.message, retryAfter: error.retryAfter,
            abandonsBody: error.isBodyUnread)
    }

    init(_ error: MultipartError) {
        switch error.code {
        case .notMultipart:
            self.init(
                status: .unsupportedMediaType, code: "unsupported_media_type", message: error.message,
                abandonsBody: true)
        case .invalidBoundary, .malformed, .truncated, .unnamedPart, .unsupportedEncoding, .tooLarge:
            self.init(status: .badRequest, code: "invalid_value", message: error.message, abandonsBody: true)
        }
    }

    init(_ error: SpoolUnavailable) {
        self.init(
            status: .serviceUnavailable, code: error.isShortage ? "server_overloaded" : "storage_unavailable",
            message:
                "The server cannot keep an upload now: \(error.cause). Try again later; who runs the server finds out more "
                + "in its folder for temporary files (TMPDIR).",
            retryAfter: .seconds(5), abandonsBody: true)
    }

    init(_ error: ModelError) {
        switch error.code {
        case .notFound:
            self.init(status: .notFound, code: "model_not_found", message: error.message, parameter: "model")
        case .notReady:
            self.init(
                status: .serviceUnavailable, code: "model_not_ready", message: error.message, parameter: "model",
                retryAfter: error.retryAfter ?? .seconds(5))
        case .failed: self = .modelFailed(error.message)
        case .notRemovable: self = .invalid("model", error.message)
        }
    }

    init(_ error: EngineError) {
        switch error.code {
        case .modelFailed: self = .modelFailed(error.message)
        case .modelNotReady:
            self.init(
                status: .serviceUnavailable, code: "model_not_ready", message: error.message, parameter: "model",
                retryAfter: .seconds(5))
        case .crashed:
            self.init(
                status: .internalServerError, code: "engine_crashed", message: error.message, isPermanent: true)
        case .overloaded:
            self.init(
                status: .serviceUnavailable, code: "server_overloaded", message: error.message,
                retryAfter: .seconds(5))
        case .jobFailed:
            self.init(
                status: .internalServerError, code: "internal_error", message: error.message, isPermanent: true)
        case .shuttingDown: self = .shuttingDown
        }
    }

    init(_ error: TranscriptionError) {
        let (status, code, parameter): (HTTPResponse.Status, String, String?) =
            switch error.code {
            case .audioEmpty: (.badRequest, "audio_empty", "file")
            case .audioUndecodable: (.badRequest, "audio_undecodable", "file")
            case .audioUnreadable: (.serviceUnavailable, "storage_unavailable", nil)
            case .audioTooShort: (.badRequest, "audio_too_short", "file")
            case .audioTooLong: (.contentTooLarge, "audio_too_long", "file")
            case .unsupportedLanguage: (.badRequest, "unsupported_value", "language")
            case .unsupportedCandidate: (.badRequest, "unsupported_value", "languages")
            case .unsupportedTask: (.badRequest, "unsupported_value", "model")
            case .detectorUnavailable: (.badRequest, "unsupported_value", "chunking_strategy")
            case .recognitionFailed: (.internalServerError, "recognition_failed", nil)
            }
        self.init(
            status: status, code: code, message: error.message, parameter: parameter,
            retryAfter: error.code == .audioUnreadable ? .seconds(1) : nil, isPermanent: status == .internalServerError)
    }

    /// An error of the router or the HTTP library.
    init(_ error: HTTPError) {
        switch error.status {
        case .notFound:
            self.init(
                status: .notFound, code: "not_found",
                message:
                    "There is no such endpoint. Try /v1/audio/transcriptions, /v1/models or /health. A client's base"
                    + " URL ends in /v1.",
                abandonsBody: true)
        default:
            self.init(
                status: error.status, code: "invalid_value", message: error.body ?? error.status.reasonPhrase,
                abandonsBody: true)
        }
    }

    static func modelFailed(_ message: String) -> Self {
        APIError(
            status: .serviceUnavailable, code: "model_failed", message: message, parameter: "model", isPermanent: true)
    }

    static let shuttingDown = APIError(
        status: .serviceUnavailable, code: "shutting_down",
        message: "The server is shutting down. Send the request again when it is back.", retryAfter: .seconds(5),
        abandonsBody: true)

    /// The disk has no room for an upload; others may end meanwhile and free theirs.
    static let storageFull = APIError(
        status: .serviceUnavailable, code: "storage_full",
        message:
            "The server has no room left on its disk for this upload. Send a smaller file, or try again later; who "
            + "runs the server can free space in its folder for temporary files, or name another with TMPDIR.",
        parameter: "file", retryAfter: .seconds(10), abandonsBody: true)

    /// An unforeseen error; the log has the cause.
    static let unforeseen = APIError(
        status: .internalServerError, code: "internal_error",
        message: "The server failed on this request; its log says why under the request's id.", abandonsBody: true)

    static func missing(_ parameter: String, _ message: String) -> Self {
        APIError(
            status: .badRequest, code: "missing_required_parameter", message: message, parameter: parameter)
    }

    static func invalid(_ parameter: String, _ message: String) -> Self {
        APIError(status: .badRequest, code: "invalid_value", message: message, parameter: parameter)
    }

    static func unsupported(_ parameter: String, _ message: String) -> Self {
        APIError(status: .badRequest, code: "unsupported_value", message: message, parameter: parameter)
    }

    static func tooLarge(limit: Int) -> Self {
        APIError(
            status: .contentTooLarge, code: "audio_too_large",
            message: "The upload is larger than \(limit) bytes, this server's limit (--max-upload-size). "
                + "Send a compressed file (mp3, ogg, m4a) or a shorter recording.",
            parameter: "file", abandonsBody: true)
    }
}
