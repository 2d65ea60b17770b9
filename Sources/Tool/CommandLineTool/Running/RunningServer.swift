import AsyncHTTPClient
import Essentials
import NIOCore

/// A client for commands that query a running asr2clip server.
struct RunningServer {
    private let address: String
    private let apiKey: String?

    /// A response of the server.
    struct Answer {
        let text: String
        fileprivate let address: String

        /// Decodes the response's JSON.
        ///
        /// - Throws: `Failure` if it is not the response of an asr2clip server.
        func decoded<Value: Decodable>(_ type: Value.Type) throws(Failure) -> Value {
            do {
                return try JSONDecoder().decode(type, from: Data(text.utf8))
            } catch {
                throw Failure("\(address) answers, but is no asr2clip server. Check --url.")
            }
        }
    }

    /// Creates a client for an address; `/v1` at its end is removed.
    init(address: String?, apiKey: String?) throws(Failure) {
        var text = address ?? "http://127.0.0.1:8000"
        for ending in ["/", "/v1"] where text.hasSuffix(ending) { text.removeLast(ending.count) }
        guard URL(httpAddress: text) != nil else {
            throw Failure(
                "'\(text)' is no address of a server, or has a port above 65535; write one such as http://127.0.0.1:8000."
            )
        }
        self.address = text
        self.apiKey = apiKey.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Without retries: if there is no server, the command fails at once.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Sends a GET.
    ///
    /// - Throws: `Failure` if the server does not respond, or responds with an error.
    func get(_ path: String) async throws(Failure) -> Answer {
        var request = HTTPClientRequest(url: address + path)
        if let apiKey { request.headers.add(name: "Authorization", value: "Bearer \(apiKey)") }
        let status: UInt
        let text: String
        do {
            (status, text) = try await HTTPClient.withHTTPClient(configuration: Self.configuration) { client in
                let response = try await client.execute(request, timeout: .seconds(10))
                return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 24)))
            }
        } catch {
            throw Failure("No server answers at \(address). Start one with asr2clip-serve, or name another with --url.")
        }
        guard status == 200 else {
            let message = try? JSONDecoder().decode(ErrorAnswer.self, from: Data(text.utf8)).error.message
            throw Failure("\(address) answers \(status). \(message ?? "It may be no asr2clip server; check --url.")")
        }
        return Answer(text: text, address: address)
    }
}

/// An error in OpenAI's shape.
private struct ErrorAnswer: Decodable {
    struct Detail: Decodable {
        var message: String
    }

    var error: Detail
}
