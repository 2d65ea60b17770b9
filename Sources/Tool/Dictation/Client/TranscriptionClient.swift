import AsyncHTTPClient
import Essentials
public import ModelStore
import NIOCore
import SpeechTypes
import Synchronization

/// A client of an OpenAI-compatible server.
public struct TranscriptionClient: TranscriptionService {
    private let server: ServerConnection
    private let policy: RetryPolicy
    private let defaultModel = DefaultModel()
    private let hints = UnusedHints()

    /// Creates a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - server: The server, and what to send with each request.
    ///   - proxies: The proxies for servers on other machines.
    public init(_ server: ClientConfiguration, proxies: ProxySettings = .none) {
        self.init(server, policy: RetryPolicy(), proxies: proxies)
    }

    init(_ server: ClientConfiguration, policy: RetryPolicy, proxies: ProxySettings = .none) {
        self.server = ServerConnection(server, policy: policy, proxies: proxies)
        self.policy = policy
    }

    /// Transcribes a recording.
    ///
    /// If a connection is lost, or the status is 408, 429, 502, 503 or 504, the request is retried, as long as no text
    /// has been received. The read timeout is a minute plus twice the recording's length, which is estimated from its
    /// size if it is not known.
    public func transcribe(
        _ request: TranscriptionRequest, report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) async throws -> String {
        try await policy.repeating(report) { report in
            var request = request
            let report = ReportFailure.marking(report)
            if request.model == nil { request.model = try await self.model() }
            do {
                return try await send(request, report: report)
            } catch is NotUnderstood where request.isStreamed {
                request.isStreamed = false
            } catch let error as NotUnderstood {
                throw misunderstood(error)
            }
            do {
                return try await send(request, report: report)
            } catch let error as NotUnderstood {
                throw misunderstood(error)
            }
        }
    }

    private struct NotUnderstood: Error {
        var what: String
    }

    private func misunderstood(_ error: NotUnderstood) -> ClientError {
        ClientError(
            .failed,
            "\(server.name) answers with \(error.what), which is no transcript. Check api_base_url and the model.")
    }

    /// Checks that a server listens at the address, whatever its response; a slow response is enough too.
    ///
    /// - Throws: `ClientError` (`unreachable`).
    public func checkReachable() async throws {
        do {
            defaultModel.choose(from: try ModelList(try await server.get("models", patience: .seconds(1))))
        } catch let error as ClientError where error.code != .unreachable {}
    }

    /// Lists the names of the server's models, in the server's order.
    ///
    /// - Throws: `ClientError`.
    public func models() async throws -> [String] {
        let answer = try await server.get("models")
        guard let list = try? ModelList(answer) else {
            throw ClientError(.failed, "\(server.name) answers, but not with a list of models. Check api_base_url.")
        }
        defaultModel.choose(from: list)
        return list.data.map(\.id)
    }

    /// The model for requests that name none: the first of the server's list; `nil` for asr2clip's own server, which
    /// has a default model.
    ///
    /// - Throws: `ClientError`.
    public func usualModel() async throws -> String? { try await model() }

    /// Whether the server accepts a name, which need not be in its list: it may be an alias.
    ///
    /// - Throws: `ClientError`.
    public func knows(model name: String) async throws -> Bool {
        do {
            _ = try await server.get("models/\(name)")
            return true
        } catch let error as ClientError where error.code == .refused {
            return false
        }
    }

    /// Looks the usual model up, once. A server without a list may accept the name that every server of this kind used
    /// to accept.
    private func model() async throws -> String? {
        if let chosen = defaultModel.chosen { return chosen.name }
        do {
            _ = try await models()
        } catch let error as ClientError
            where (error.code == .refused || error.code == .failed) && !error.mayBeRepeated
        {
            defaultModel.choose(from: ModelList(data: []))
        }
        return defaultModel.chosen?.name
    }

    private func send(
        _ request: TranscriptionRequest, report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) async throws -> String {
        // Plain text is requested as `json`, the one format that every server and model supports.
        let format = request.format == .text ? .json : request.format
        var fields = [("response_format", format.rawValue)]
        if let model = request.model { fields.insert(("model", model), at: 0) }
        if let language = request.language { fields.append(("language", language)) }
        if let prompt = request.prompt { fields.append(("prompt", prompt)) }
        if request.isStreamed { fields.append(("stream", "true")) }
        let body = try UploadBody(fields, file: request.file, fileName: request.fileName)
        var message = server.request("audio/transcriptions")
        message.method = .POST
        message.headers.add(name: "Content-Type", value: body.contentType)
        // Makes our own server report its progress; other servers ignore the field.
        if request.isStreamed { message.headers.add(name: "x-asr-progress", value: "true") }
        message.body = .stream(body.pieces { try await report(.sent($0)) }, length: .known(body.length))
        let verdict = try await server.withResponse(to: message, patience: patience(for: request, bytes: body.length)) {
            response in
            let verdict = try await read(response, for: request, report: report)
            let ignored = response.headers[canonicalForm: "x-asr-ignored"].map(String.init)
            if let note = hints.note(of: ignored, in: request) { try await report(.notice(note)) }
            return verdict
        }
        switch verdict {
        case .understood(let text):
            if let note = body.noteOnGrowth { try await report(.notice(note)) }
            return text
        case .notUnderstood(let what): throw NotUnderstood(what: what)
        case .failed(let reason):
            throw ClientError(.failed, "\(server.name) broke off: \(ServerReason.asSentence(reason))")
        case .brokenOff:
            throw ClientError(.failed, "\(server.name) broke off in the middle of the text. Send the recording again.")
        }
    }

    /// A minute plus twice the length of the recording, as if it were recognised at half its speed. If the length is
    /// unknown, it is estimated at the lowest usual bit rate, 16 kB a second.
    private func patience(for request: TranscriptionRequest, bytes: Int64) -> Duration {
        policy.patience + min(request.duration ?? .seconds(clamped: Double(bytes) / 16_000), .longest) * 2
    }

    private func read(
        _ response: HTTPClientResponse, for request: TranscriptionRequest,
        report: (TranscriptionProgress) async throws -> Void
    ) async throws -> AnswerReader.Verdict {
        var reader = AnswerReader(contentType: response.headers.first(name: "content-type"), format: request.format)
        var size = 0
        for try await piece in response.body {
            size += piece.readableBytes
            guard size < 1 << 28 else { return .notUnderstood("more than 256 MB") }
            for news in reader.take(piece) {
                switch news {
                case .delta(let delta): if request.isStreamed { try await report(.delta(delta)) }
                case .heard(let time): try await report(.heard(time))
                }
            }
            if reader.hasEnded { break }
        }
        return reader.finish()
    }
}

/// The models that a server lists.
private struct ModelList: Decodable {
    struct Model: Decodable {
        var id: String
        var owner: String?
        var status: String?

        private enum CodingKeys: String, CodingKey {
            case id, status
            case owner = "owned_by"
        }
    }

    var data: [Model]

    init(data: [Model]) {
        self.data = data
    }

    /// Parses the body of a server's response.
    ///
    /// - Throws: `ClientError` if it is not a list of models.
    init(_ answer: String) throws(ClientError) {
        guard let list = try? JSONDecoder().decode(Self.self, from: Data(answer.utf8)) else {
            throw ClientError(.failed, "This is no list of models.")
        }
        self = list
    }

    /// Whether asr2clip's own server wrote it: other servers report no status.
    var isOurs: Bool { !data.isEmpty && data.allSatisfy { $0.owner == "local" && $0.status != nil } }
}

/// The model for requests that name none, looked up once for all requests.
private final class DefaultModel: Sendable {
    /// The name to send; `nil` leaves the choice to the server.
    struct Choice {
        var name: String?
    }

    private let state = Mutex<Choice?>(nil)

    /// The result; `nil` before the first lookup.
    var chosen: Choice? { state.withLock { $0 } }

    func choose(from list: ModelList) {
        let choice = Choice(name: list.isOurs ? nil : list.data.first?.id ?? "whisper-1")
        state.withLock { $0 = choice }
    }
}
