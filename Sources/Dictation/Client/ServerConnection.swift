import AsyncHTTPClient
import Basics
import Foundation
import NIOCore
import NIOHTTP1
import SpeechTypes

/// How patient the client is. Tests have their own.
struct RetrySettings: Sendable {
    /// How often a request is sent in all.
    var tries = 4
    /// The pause after the first failure; it doubles with each.
    var pause: Duration = .milliseconds(500)
    /// The longest pause that a server may ask for.
    var longestWish: Duration = .seconds(60)
    /// How long connecting may take.
    var connectTimeout: Duration = .seconds(10)
    /// How long a server may think about nothing at all; the recording's own length comes on top, twice.
    var patience: Duration = .seconds(60)
}

/// Speaks HTTP to one server, and says in our words what goes wrong.
struct ServerConnection: Sendable {
    private let configuration: ClientConfiguration
    private let settings: RetrySettings

    init(_ configuration: ClientConfiguration, settings: RetrySettings) {
        self.configuration = configuration
        self.settings = settings
    }

    /// How messages name the server: without user and password.
    var name: String {
        var parts = URLComponents(url: configuration.baseURL, resolvingAgainstBaseURL: false)
        parts?.user = nil
        parts?.password = nil
        return parts?.string ?? configuration.baseURL.host ?? "the server"
    }

    /// A request for a path below the API's beginning.
    func request(_ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: configuration.baseURL.appending(path: path).absoluteString)
        request.headers = headers
        return request
    }

    /// The body of a GET.
    func get(_ path: String, patience: Duration = .seconds(10)) async throws -> String {
        try await withResponse(to: request(path), patience: patience) { response in
            String(buffer: try await response.body.collect(upTo: 1 << 24))
        }
    }

    private var headers: HTTPHeaders {
        var headers: HTTPHeaders = ["User-Agent": "asr2clip"]
        if let key = configuration.apiKey { headers.add(name: "Authorization", value: "Bearer \(key.value)") }
        if let organization = configuration.organization {
            headers.add(name: "OpenAI-Organization", value: organization)
        }
        return headers
    }

    /// Sends a request and lends its answer if it is a good one.
    ///
    /// - Throws: `ClientError`, `CancellationError`, and what `body` throws.
    func withResponse<R>(
        to request: HTTPClientRequest, patience: Duration, isolation: isolated (any Actor)? = #isolation,
        _ body: (HTTPClientResponse) async throws -> R
    ) async throws -> R {
        var client = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(settings.connectTimeout), read: TimeAmount(patience)))
        client.connectionPool.retryConnectionEstablishment = false
        do {
            return try await HTTPClient.withHTTPClient(configuration: client) { client in
                let response = try await client.execute(request, timeout: .hours(24))
                guard response.status.code == 200 else { throw await refusal(response) }
                return try await body(response)
            }
        } catch let error as ClientError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw lost(error, after: patience)
        }
    }

    private func refusal(_ response: HTTPClientResponse) async -> ClientError {
        let body = (try? await response.body.collect(upTo: 1 << 16)).map { String(buffer: $0) } ?? ""
        let words = (try? JSONDecoder().decode(ErrorAnswer.self, from: Data(body.utf8)))?.error.message
        let status = response.status.code
        let message = "\(name) answers \(status): \(words ?? response.status.reasonPhrase)"
        let isForbidden = response.headers.first(name: "x-should-retry") == "false"
        let wish = response.headers.first(name: "retry-after").flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
        switch status {
        case 429, 503: return ClientError(.busy, message, retryAfter: wish, mayBeRepeated: !isForbidden)
        case 500...: return ClientError(.failed, message)
        case 300..<400: return ClientError(.refused, "\(message). Write the address it leads to as api_base_url.")
        default: return ClientError(.refused, message)
        }
    }

    private struct ErrorAnswer: Decodable {
        struct Detail: Decodable {
            var message: String
        }

        var error: Detail
    }

    private func lost(_ error: any Error, after patience: Duration) -> ClientError {
        if let error = error as? HTTPClientError, error == .readTimeout {
            return ClientError(
                .failed, "\(name) said nothing for \(Amounts.time(patience)). Try again, or another model.")
        }
        let advice =
            configuration.isLocal
            ? "No server answers at \(name). Start one with: asr2clip-serve\n"
                + "Or name another in a configuration file: asr2clip --generate_config"
            : "\(name) cannot be reached or hung up. Check the network and api_base_url."
        return ClientError(.unreachable, advice, mayBeRepeated: true)
    }
}
