import Essentials
import ModelStore
import NIOHTTP1
import SpeechTypes

/// Where and how a server's live sessions are opened.
struct LiveServer: Sendable {
    let connection: ServerConnection
    let client: TranscriptionClient
    /// The request that the file would be sent with.
    let template: TranscriptionRequest
    let printsWords: Bool

    var url: URL { connection.configuration.baseURL }
    var policy: RetryPolicy { connection.policy }

    /// The request for a session, and the session's configuration.
    ///
    /// - Throws: `LiveEnding`
    func offer() async throws(LiveEnding) -> (HTTPRequestHead, RealtimeConfiguration) {
        try checkProxies()
        let model: (name: String?, isOurs: Bool)
        do {
            model = try await client.liveModel(named: template.model)
        } catch {
            throw .failed("\(error)")
        }
        let configuration = RealtimeConfiguration(
            model: model.name, language: template.language, prompt: template.prompt,
            rate: model.isOurs ? AudioBuffer.sampleRate : Upsampler.rate,
            delay: model.isOurs ? printsWords ? "high" : "low" : nil)
        return (request(for: model.name), configuration)
    }

    /// The warning for a user who asked for live speech; `nil` if the end of a session is no failure.
    func warning(about ending: LiveEnding?) -> String? {
        switch ending {
        case .unsupported(let reason):
            "\(connection.name) has no live speech. \(reason) Texts come when their recordings are complete."
        case .failed(let reason):
            "Live speech with \(connection.name) failed. \(reason) Recordings are sent as files until it works again."
        case .expired, .stopped, nil: nil
        }
    }

    private func checkProxies() throws(LiveEnding) {
        guard !connection.configuration.isLocal else { return }
        do {
            guard try connection.proxies.clientProxy(for: url) != nil else { return }
        } catch {
            throw .unsupported("\(error)")
        }
        throw .unsupported("Live speech does not go through a proxy.")
    }

    private func request(for model: String?) -> HTTPRequestHead {
        var address = URLComponents(url: url.appending(path: "realtime"), resolvingAgainstBaseURL: false)
        address?.queryItems =
            [URLQueryItem(name: "intent", value: "transcription")]
            + (model.map { [URLQueryItem(name: "model", value: $0)] } ?? [])
        let path = address.map { "\($0.percentEncodedPath)?\($0.percentEncodedQuery ?? "")" } ?? "/"
        let port = url.port.map { ":\($0)" } ?? ""
        let host = url.host ?? ""
        var headers: HTTPHeaders = ["Host": (host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host) + port]
        headers.add(contentsOf: connection.headers)
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
    }
}
