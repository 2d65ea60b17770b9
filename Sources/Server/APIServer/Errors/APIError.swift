import HTTPTypes
import Hummingbird
import TranscriptFormats

/// An error response in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`.
struct APIError: Error {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var parameter: String?
    /// When the same request may succeed; sent as `Retry-After`.
    var retryAfter: Duration?
    /// Whether the same request will fail again: SDKs are then told not to retry it, although its status is 409 or 5xx.
    var isPermanent = false
    /// Further headers of the response.
    var fields: HTTPFields = [:]
    /// Whether the request's body may be unread: the connection is then closed, after time for the client to read this.
    var abandonsBody = false

    /// OpenAI's type of the error.
    var type: String {
        switch status.code {
        case 401: "authentication_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    var body: JSONValue {
        [
            "error": [
                "message": .string(message), "type": .string(type), "param": JSONValue(parameter),
                "code": .string(code),
            ]
        ]
    }

    var headers: HTTPFields {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let retryAfter { headers[.retryAfter] = "\(max(1, retryAfter.components.seconds))" }
        headers.append(contentsOf: fields)
        if isPermanent { headers[.shouldRetry] = "false" }
        if abandonsBody { headers[.connection] = "close" }
        return headers
    }

    var response: Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body.text)))
    }
}

extension APIError {
    /// Does the work, and changes the error with which the server answers if it fails.
    static func changing<Result>(
        _ change: (inout Self) -> Void, isolation: isolated (any Actor)? = #isolation,
        in work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await work()
        } catch {
            guard var known = Self(error) else { throw error }
            change(&known)
            throw known
        }
    }
}

extension HTTPField.Name {
    /// Tells OpenAI's SDKs whether to retry a request, whatever its status.
    static let shouldRetry = Self.fixed("x-should-retry")
    /// The id of a request in responses and logs.
    static let requestID = Self.fixed("x-request-id")
    /// The fields of a request that had no effect, or not their full effect.
    static let ignoredFields = Self.fixed("x-asr-ignored")
    /// How many packets of the recording could not be decoded; their audio is missing from the text.
    static let damagedPackets = Self.fixed("x-asr-damaged-packets")
    /// Which part of the response is an estimate.
    static let estimated = Self.fixed("x-asr-estimated")
    /// A request header; with any value, a stream reports in comments how much of the recording has been processed.
    static let progress = Self.fixed("x-asr-progress")
    /// The processing time of a request.
    static let processingMilliseconds = Self.fixed("openai-processing-ms")

    /// Makes a name that is known to be valid.
    static func fixed(_ name: StaticString) -> Self {
        guard let name = Self("\(name)") else { preconditionFailure("\(name) is a valid field name (RFC 9110, 5.1)") }
        return name
    }
}
