import AsyncHTTPClient
import Essentials
import NIOCore

/// A server of ours that runs beside, as commands ask it.
struct RunningServer {
    private let address: String
    private let apiKey: String?

    /// What the server answered.
    struct Answer {
        let text: String
        fileprivate let address: String

        /// The answer's JSON.
        ///
        /// - Throws: `Failure` if it is not what a server of ours answers.
        func decoded<Value: Decodable>(_ type: Value.Type) throws(Failure) -> Value {
            do {
                return try JSONDecoder().decode(type, from: Data(text.utf8))
            } catch {
                throw Failure("\(address) answers, but is no asr2clip server. Check --url.")
            }
        }
    }

    /// Names a server; `/v1` at the end of its address is no matter.
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

    /// Who finds no server is to know at once.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Asks the server.
    ///
    /// - Throws: `Failure` if it does not answer, or answers with an error.
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
