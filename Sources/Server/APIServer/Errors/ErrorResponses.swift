import Engines
import HTTPTypes
import Hummingbird
import ModelStore
import NIOHTTP1
import SpeechTypes
import Upstreams

/// The one place where errors become HTTP. There is no `default` over our own codes: a new one must choose its status.
extension APIError {
    /// The response to an error that a handler threw; `nil` for an unforeseen one.
    init?(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as MultipartError: self.init(error)
        case let error as ModelError: self.init(error)
        case let error as EngineError: self.init(error)
        case let error as UpstreamError: self.init(error)
        case let error as RegistryEditError: self.init(error)
        case let error as RefusedEdit: self = .registryConflict("registry_invalid", error.message)
        case let error as TranscriptionError: self.init(error)
        case let error as HTTPError: self.init(error)
        case let error as HTTPParserError: self.init(error)
        default: return nil
        }
    }

    init(_ error: MultipartError) {
        switch error.code {
        case .notMultipart:
            self.init(
                status: .unsupportedMediaType, code: "unsupported_media_type", message: error.message,
                abandonsBody: true)
        case .invalidBoundary, .malformed, .truncated, .unnamedPart, .unsupportedEncoding, .tooLarge:
            self = .malformed(error.message)
        }
    }

    init(_ error: ModelError) {
        switch error.code {
        case .notFound:
            self.init(status: .notFound, code: "model_not_found", message: error.message, parameter: "model")
        case .notReady: self = .modelNotReady(error.message, retryAfter: error.retryAfter)
        case .failed: self = .modelFailed(error.message)
        case .notRemovable, .notLocal: self = .invalid("model", error.message)
        case .downloadRunning:
            self.init(
                status: .conflict, code: "download_running", message: error.message, parameter: "model",
                retryAfter: error.retryAfter)
        case .storageFull:
            self.init(
                status: .insufficientStorage, code: "storage_full", message: error.message, parameter: "model",
                isPermanent: true)
        }
    }

    init(_ error: RegistryEditError) {
        switch error.code {
        case .nameTaken, .unreadable, .notEditable: self = .registryConflict("registry_invalid", error.message)
        case .readOnly: self = .registryConflict("registry_read_only", error.message)
        case .busy:
            self.init(
                status: .serviceUnavailable, code: "registry_busy", message: error.message, retryAfter: .seconds(5))
        case .failed:
            self.init(
                status: .serviceUnavailable, code: "storage_unavailable", message: error.message,
                retryAfter: .seconds(5))
        }
    }

    init(_ error: EngineError) {
        switch error.code {
        case .modelFailed: self = .modelFailed(error.message)
        case .modelNotReady: self = .modelNotReady(error.message)
        case .crashed: self = .engineFailed("engine_crashed", error.message)
        case .overloaded:
            self.init(
                status: .serviceUnavailable, code: "server_overloaded", message: error.message,
                retryAfter: .seconds(5))
        case .jobFailed: self = .engineFailed("internal_error", error.message)
        case .shuttingDown: self = .shuttingDown
        }
    }

    private static let sizeCodes: Set<String> = ["audio_too_large", "audio_too_long"]
    private static let formCodes: Set<String> = [
        "missing_required_parameter", "unsupported_value", "audio_empty", "audio_too_short", "audio_undecodable",
        "upstream_loop",
    ]

    init(_ error: UpstreamError) {
        switch error.code {
        case .full:
            self.init(
                status: .tooManyRequests, code: "queue_full", message: error.message, retryAfter: error.retryAfter)
        case .unavailable:
            self.init(
                status: .serviceUnavailable, code: "upstream_unavailable", message: error.message, parameter: "model",
                retryAfter: error.retryAfter ?? .seconds(5))
        case .misconfigured:
            self.init(
                status: .serviceUnavailable, code: "upstream_misconfigured", message: error.message,
                parameter: "model", isPermanent: true)
        case .refused(let refusal):
            // Only the statuses and codes that docs/api.md has; other servers use many more for the same.
            let isTooLarge = refusal.status == 413
            let (usual, others) = isTooLarge ? ("audio_too_large", Self.sizeCodes) : ("invalid_value", Self.formCodes)
            self.init(
                status: isTooLarge ? .contentTooLarge : .badRequest,
                code: refusal.code.flatMap { others.contains($0) ? $0 : nil } ?? usual, message: error.message,
                parameter: refusal.parameter)
        case .failed, .hungUp: self.init(status: .badGateway, code: "upstream_failed", message: error.message)
        case .timedOut: self.init(status: .gatewayTimeout, code: "upstream_timeout", message: error.message)
        case .looping: self.init(status: .badRequest, code: "upstream_loop", message: error.message, parameter: "model")
        case .unreadable:
            self.init(
                status: .serviceUnavailable, code: "storage_unavailable", message: error.message,
                retryAfter: .seconds(1))
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
        let isNotFound = error.status == .notFound
        self.init(
            status: error.status, code: isNotFound ? "not_found" : "invalid_value",
            message: isNotFound
                ? "There is no such endpoint. Try /v1/audio/transcriptions, /v1/models or /health. A client's base URL"
                    + " ends in /v1."
                : error.body ?? error.status.reasonPhrase,
            abandonsBody: true)
    }

    /// A request that the HTTP library could not parse.
    init(_ error: HTTPParserError) {
        let (status, message): (HTTPResponse.Status, String) =
            switch error {
            case .headerOverflow:
                (.requestHeaderFieldsTooLarge, "The headers of the request are too large. Send fewer, or shorter ones.")
            case .invalidVersion:
                (
                    .httpVersionNotSupported,
                    "The first line of the request does not end in HTTP/1.1 or HTTP/1.0, and CR LF."
                )
            case .invalidMethod:
                (.notImplemented, "This server does not know the method of the request. Use GET, POST or DELETE.")
            case .invalidChunkSize, .lfExpected, .strictModeAssertion:
                (.badRequest, "The chunks of the body are malformed (RFC 9112, 7.1). Send them again.")
            case .invalidContentLength, .unexpectedContentLength:
                (.badRequest, "The Content-Length of the request is malformed (RFC 9112, 6.2).")
            case .unknown:
                (.badRequest, "The request is malformed HTTP. Look at its headers, such as Transfer-Encoding.")
            default: (.badRequest, "The request is malformed HTTP: \(error).")
            }
        let isUnsupported = status.kind == .serverError
        self.init(
            status: status, code: isUnsupported ? "unsupported_value" : "invalid_value", message: message,
            isPermanent: isUnsupported, abandonsBody: true)
    }
}

extension HTTPResponse.Status {
    /// RFC 4918, section 11.5.
    fileprivate static let insufficientStorage = Self(code: 507, reasonPhrase: "Insufficient Storage")
}

/// Errors that several places throw.
extension APIError {
    static func modelFailed(_ message: String) -> Self {
        APIError(
            status: .serviceUnavailable, code: "model_failed", message: message, parameter: "model", isPermanent: true)
    }

    private static func engineFailed(_ code: String, _ message: String) -> Self {
        APIError(status: .internalServerError, code: code, message: message, isPermanent: true)
    }

    static func modelNotReady(_ message: String, retryAfter: Duration? = nil) -> Self {
        APIError(
            status: .serviceUnavailable, code: "model_not_ready", message: message, parameter: "model",
            retryAfter: retryAfter ?? .seconds(5))
    }

    static let shuttingDown = unavailable(
        "shutting_down", "The server is shutting down. Send the request again when it is back, or to another server.",
        retryAfter: .seconds(1))

    /// The answer to balancers that ask whether the server is ready; all other requests are still answered.
    static let draining = unavailable(
        "draining", "The server is about to stop. It still answers requests; send new ones to another server.",
        retryAfter: .seconds(1))

    /// A models.yaml that the server cannot change before somebody else does.
    private static func registryConflict(_ code: String, _ message: String) -> Self {
        APIError(status: .conflict, code: code, message: message, isPermanent: true)
    }

    static let modelChangesDisabled = APIError(
        status: .forbidden, code: "model_changes_disabled",
        message: "This server lets no client change its models (--no-model-changes). On its machine, asr2clip models"
            + " does that.", abandonsBody: true)

    /// A request whose body is not read, because the server lacks something that it may have again soon.
    static func unavailable(_ code: String, _ message: String, retryAfter: Duration) -> Self {
        APIError(
            status: .serviceUnavailable, code: code, message: message, retryAfter: retryAfter, abandonsBody: true)
    }

    /// A request that arrives too slowly.
    static func requestTimeout(_ message: String) -> Self {
        APIError(status: .requestTimeout, code: "request_timeout", message: message, abandonsBody: true)
    }

    /// An unforeseen error; the log has the cause.
    static let unforeseen = APIError(
        status: .internalServerError, code: "internal_error",
        message: "The server failed on this request; its log says why under the request's id.", abandonsBody: true)

    /// A request that violates HTTP, or a form that violates multipart/form-data.
    static func malformed(_ message: String) -> Self {
        APIError(status: .badRequest, code: "invalid_value", message: message, abandonsBody: true)
    }

    static func missing(_ parameter: String, _ message: String) -> Self {
        APIError(status: .badRequest, code: "missing_required_parameter", message: message, parameter: parameter)
    }

    static func invalid(_ parameter: String, _ message: String) -> Self {
        APIError(status: .badRequest, code: "invalid_value", message: message, parameter: parameter)
    }

    static func unsupported(_ parameter: String, _ message: String) -> Self {
        APIError(status: .badRequest, code: "unsupported_value", message: message, parameter: parameter)
    }
}
