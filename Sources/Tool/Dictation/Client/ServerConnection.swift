import AsyncHTTPClient
import Essentials
import ModelStore
import NIOCore
import NIOHTTP1
import SpeechTypes
import TranscriptFormats

/// Sends HTTP requests to one server, and turns failures into `ClientError`.
struct ServerConnection: Sendable {
    let configuration: ClientConfiguration
    let policy: RetryPolicy
    let proxies: ProxySettings

    /// The server's name for messages: without user and password.
    var name: String {
        var parts = URLComponents(url: configuration.baseURL, resolvingAgainstBaseURL: false)
        parts?.user = nil
        parts?.password = nil
        return parts?.string ?? configuration.baseURL.host ?? "the server"
    }

    func request(_ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: configuration.baseURL.appending(path: path).absoluteString)
        request.headers = headers
        return request
    }

    /// The headers of every request.
    var headers: HTTPHeaders {
        var headers: HTTPHeaders = ["User-Agent": "asr2clip"]
        let settings = configuration.settings
        if let key = settings.apiKey { headers.add(name: "Authorization", value: "Bearer \(key.value)") }
        if let name = settings.organization { headers.add(name: "OpenAI-Organization", value: name) }
        return headers
    }

    func get(_ path: String, patience: Duration = .seconds(10)) async throws -> String {
        try await withResponse(to: request(path), patience: patience) { response in
            String(buffer: try await response.body.collect(upTo: 1 << 24))
        }
    }

    /// Sends a request and passes the response to `body` if its status is 200.
    func withResponse<R>(
        to request: HTTPClientRequest, patience: Duration, isolation: isolated (any Actor)? = #isolation,
        _ body: (HTTPClientResponse) async throws -> R
    ) async throws -> R {
        var hasAnswered = false
        do {
            return try await HTTPClient.withHTTPClient(configuration: try client(patience)) { client in
                let response = try await client.execute(request, timeout: .hours(24))
                hasAnswered = true
                guard response.status.code == 200 else { throw await refusal(response) }
                return try await body(response)
            }
        } catch let error as ClientError {
            throw error
        } catch let failure as ReportFailure {
            throw failure.cause
        } catch {
            try Task.checkCancellation()
            throw lost(error, after: patience, hasAnswered: hasAnswered)
        }
    }

    private func client(_ patience: Duration) throws(ClientError) -> HTTPClient.Configuration {
        var client = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(policy.connectTimeout), read: TimeAmount(patience)))
        client.connectionPool.retryConnectionEstablishment = false
        // Requests to this machine bypass the proxy.
        guard !configuration.isLocal else { return client }
        do {
            client.proxy = try proxies.clientProxy(for: configuration.baseURL)
        } catch {
            throw ClientError(.refused, "\(error)", hitsEveryRequest: true)
        }
        return client
    }

    private func refusal(_ response: HTTPClientResponse) async -> ClientError {
        let body = (try? await response.body.collect(upTo: 1 << 16)) ?? ByteBuffer()
        let status = response.status.code
        let reason = ServerReason.find(in: body.readableBytesView) ?? response.status.reasonPhrase
        let details = ServerReason.details(in: body.readableBytesView)
        let message = "\(name) answers \(status): \(ServerReason.asSentence(reason))"
        let isForbidden = response.headers.first(name: "x-should-retry") == "false"
        let pause = response.headers.first(name: "retry-after").flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
        func error(_ code: ClientError.Code, _ words: String, hitsEveryRequest: Bool = true) -> ClientError {
            ClientError(code, words, status: Int(status), hitsEveryRequest: hitsEveryRequest)
        }
        switch status {
        case 408, 429, 502, 503, 504:
            return ClientError(
                .busy, message, retryAfter: pause, mayBeRepeated: !isForbidden, status: Int(status),
                isOfRecording: details.code.map(Self.failuresElsewhere.contains) ?? false)
        case 500...: return error(.failed, message, hitsEveryRequest: false)
        case 401, 403: return error(.refused, message + (configuration.keyAdvice.map { " \($0)" } ?? ""))
        case 300..<400: return error(.refused, "\(message) Write the address it leads to as api_base_url.")
        case 402, 404, 405, 407: return error(.refused, message)
        default:
            return error(.refused, message, hitsEveryRequest: details.field.map(Self.usualFields.contains) ?? false)
        }
    }

    /// The codes with which our server says that a server failed to which it had sent the recording on.
    private static let failuresElsewhere: Set<String> = ["upstream_failed", "upstream_timeout"]

    /// The fields that are the same in all requests of a run.
    private static let usualFields: Set<String> = ["model", "language", "prompt", "response_format", "stream"]

    private var noTLS: ClientError {
        ClientError(
            .refused, "\(name) does not speak TLS. Write http:// instead of https:// in api_base_url.",
            hitsEveryRequest: true)
    }

    private func lost(_ error: any Error, after patience: Duration, hasAnswered: Bool) -> ClientError {
        if let error = error as? HTTPClientError {
            if error == .readTimeout {
                return ClientError(
                    .failed, "\(name) said nothing for \(HumanFormat.time(patience)). Try again, or another model.")
            }
            if error == .tlsHandshakeTimeout { return noTLS }
            if error == .proxyAuthenticationRequired || error == .invalidProxyResponse {
                return ClientError(
                    .refused, "The proxy does not lead to \(name): \(error.shortDescription).", hitsEveryRequest: true)
            }
        }
        // BoringSSL's messages; NIOSSL offers nothing else to tell these errors apart.
        let words = "\(error)"
        if ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"].contains(where: words.contains) {
            return noTLS
        }
        if words.contains("CERTIFICATE_VERIFY_FAILED") {
            return ClientError(
                .refused, "The certificate of \(name) is not trusted. Check the host in api_base_url.",
                hitsEveryRequest: true)
        }
        if Self.isHangUp(error) {
            return ClientError(
                hasAnswered ? .failed : .unreachable,
                "\(name) hung up \(hasAnswered ? "in the middle of its answer" : "without an answer").",
                mayBeRepeated: true)
        }
        if hasAnswered {
            return ClientError(.failed, "The answer of \(name) cannot be read: \(error). Check api_base_url.")
        }
        if error is HTTPParserError {
            return ClientError(
                .unreachable, "\(name) does not answer in HTTP. Check api_base_url.", hitsEveryRequest: true)
        }
        let advice =
            configuration.isLocal
            ? "No server answers at \(name). Start one with: asr2clip-serve\n"
                + "Or name another in a configuration file: asr2clip --edit"
            : "\(name) cannot be reached. Check the network and api_base_url."
        return ClientError(.unreachable, advice, mayBeRepeated: true)
    }

    /// Whether the server accepted the connection and then closed it.
    private static func isHangUp(_ error: any Error) -> Bool {
        if let error = error as? HTTPClientError { return error == .remoteConnectionClosed }
        if let error = error as? ChannelError { return error == .eof || error == .alreadyClosed }
        if let error = error as? HTTPParserError { return error == .invalidEOFState }
        return (error as? IOError).map { [ECONNRESET, EPIPE].contains($0.errnoCode) } ?? false
    }
}

/// An error thrown by a progress callback: not the server's fault.
struct ReportFailure: Error {
    let cause: any Error

    /// Wraps a callback so that its errors can be told apart from the connection's.
    static func marking(_ report: @escaping ProgressReport) -> ProgressReport {
        { progress in
            do { try await report(progress) } catch { throw ReportFailure(cause: error) }
        }
    }
}
