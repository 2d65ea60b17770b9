import AsyncHTTPClient
import Essentials
package import ModelStore
import NIOCore
import SpeechTypes
import Synchronization
import TranscriptFormats

package final class TranscriptionClient: TranscriptionService {
    private let server: ServerConnection
    private let policy: RetryPolicy
    private let defaultModel = Mutex<DefaultModel?>(nil)
    private let hints = UnusedHints()

    package convenience init(_ server: ClientConfiguration, proxies: ProxySettings) {
        self.init(server, policy: RetryPolicy(), proxies: proxies)
    }

    init(_ server: ClientConfiguration, policy: RetryPolicy, proxies: ProxySettings = .none) {
        self.server = ServerConnection(configuration: server, policy: policy, proxies: proxies)
        self.policy = policy
    }

    /// Transcribes a recording. If a connection is lost, or the status is 408, 429, 502, 503 or 504, the request is
    /// retried, as long as no text has been received.
    package func transcribe(_ request: TranscriptionRequest, report: @escaping ProgressReport) async throws -> String {
        try await policy.repeating(report) { report in
            var request = request
            let report = ReportFailure.marking(report)
            if request.model == nil { request.model = try await self.usualModel() }
            while true {
                do {
                    return try await send(request, report: report)
                } catch let error as NotUnderstood {
                    guard request.isStreamed else {
                        throw ClientError(
                            .failed,
                            "\(server.name) answers with \(error.what), which is no transcript. "
                                + "Check api_base_url and the model.")
                    }
                    request.isStreamed = false
                }
            }
        }
    }

    private struct NotUnderstood: Error { var what: String }

    /// Checks that a server listens at the address, whatever its response; a slow response is enough too. Throws
    /// `ClientError` (`unreachable`).
    package func checkReachable() async throws {
        do {
            _ = try await list(patience: .seconds(1))
        } catch let error as ClientError where error.code != .unreachable {}
    }

    package func models() async throws -> [String] { try await list().data.map(\.id) }

    private func list(patience: Duration = .seconds(10)) async throws -> ModelList {
        let answer = try await server.get("models", patience: patience)
        guard let list = try? JSONDecoder().decode(ModelList.self, from: Data(answer.utf8)) else {
            throw ClientError(.failed, "\(server.name) answers, but not with a list of models. Check api_base_url.")
        }
        defaultModel.withLock { $0 = DefaultModel(in: list) }
        return list
    }

    /// The model for requests that name none, looked up once: the first of the server's list; `nil` for asr2clip's own
    /// server, which has a default model. A server without a list may accept the name that every server of this kind
    /// used to accept.
    package func usualModel() async throws -> String? {
        if let known = defaultModel.withLock({ $0 }) { return known.name }
        do {
            _ = try await list()
        } catch let error as ClientError
            where (error.code == .refused || error.code == .failed) && !error.mayBeRepeated
        {
            defaultModel.withLock { $0 = DefaultModel(in: ModelList(data: [])) }
        }
        return defaultModel.withLock { $0?.name }
    }

    /// The model for live sessions, and whether the server is asr2clip's own and hears them itself: those sessions can do
    /// more. `name` is the model that the user names.
    func liveModel(named name: String?) async throws -> (name: String?, isOurs: Bool) {
        let usual = try await usualModel()
        return (name ?? usual, defaultModel.withLock { $0?.isHere } ?? false)
    }

    package func liveSpeech(
        _ template: TranscriptionRequest, printsWords: Bool, report: @escaping DictationEvents
    ) -> LiveSpeech? {
        guard server.configuration.hearsLive else { return nil }
        return LiveSpeech(
            LiveServer(connection: server, client: self, template: template, printsWords: printsWords),
            printsWords: printsWords, report: report)
    }

    /// Whether the server accepts a name, which need not be in its list: it may be an alias.
    package func knows(model name: String) async throws -> Bool {
        do {
            _ = try await server.get("models/\(name)")
            return true
        } catch let error as ClientError where error.code == .refused {
            return false
        }
    }

    private func send(_ request: TranscriptionRequest, report: @escaping ProgressReport) async throws -> String {
        // Plain text is requested as `json`, the one format that every server and model supports.
        let format = request.format == .text ? .json : request.format
        var fields = [("response_format", format.rawValue)]
        if let model = request.model { fields.insert(("model", model), at: 0) }
        if let language = request.language { fields.append(("language", language)) }
        if let prompt = request.prompt { fields.append(("prompt", prompt)) }
        if request.isStreamed { fields.append(("stream", "true")) }
        let body = try UploadBody(fields, file: request.file, fileName: request.sentName)
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
        _ response: HTTPClientResponse, for request: TranscriptionRequest, report: ProgressReport
    ) async throws -> AnswerReader.Verdict {
        var reader = AnswerReader(contentType: response.headers.first(name: "content-type"), format: request.format)
        var size = 0
        for try await piece in response.body {
            size += piece.readableBytes
            guard size < 1 << 28 else { return .notUnderstood("more than 256 MB") }
            for progress in reader.take(piece) {
                if case .delta = progress, !request.isStreamed { continue }
                try await report(progress)
            }
            if reader.hasEnded { break }
        }
        return reader.finish()
    }
}

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
}

/// The model for requests that name none.
private struct DefaultModel {
    /// The name to send; `nil` leaves the choice to the server.
    let name: String?
    /// Whether the server is asr2clip's own.
    let isOurs: Bool
    /// Whether it has all its models itself.
    let isHere: Bool

    init(in list: ModelList) {
        // Other servers report no status.
        isOurs =
            !list.data.isEmpty
            && list.data.allSatisfy { ["local", "upstream"].contains($0.owner) && $0.status != nil }
        isHere = isOurs && list.data.allSatisfy { $0.owner == "local" }
        name = isOurs ? nil : list.data.first?.id ?? "whisper-1"
    }
}

/// The client's timeouts and retries. Tests use their own.
struct RetryPolicy: Sendable {
    var tries = 4
    /// The pause after the first failure; it doubles with each further one.
    var pause: Duration = .milliseconds(500)
    /// A longer `Retry-After` is cut to this.
    var longestRequestedPause: Duration = .seconds(60)
    var connectTimeout: Duration = .seconds(10)
    /// The read timeout of a server for an empty recording; twice the recording's length is added.
    var patience: Duration = .seconds(60)
    /// How long a live session's server may be silent before it is pinged, and then before it counts as gone.
    var heartbeat: Duration = .seconds(20)

    /// Makes a request. Retries it if that may help and no text has been received yet. The request gets a callback for
    /// its progress.
    func repeating<R>(
        _ report: @escaping ProgressReport, _ request: (@escaping ProgressReport) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            let hasText = Flag()
            do {
                return try await request { progress in
                    if case .delta = progress { hasText.set() }
                    try await report(progress)
                }
            } catch let error as ClientError {
                guard !hasText.isSet, error.mayBeRepeated, attempt < tries else { throw error }
                let pause = error.retryAfter.map { min($0, longestRequestedPause) } ?? pause * (1 << (attempt - 1))
                try await report(.retrying(error, after: pause))
                try await Task.sleep(for: pause)
                attempt += 1
            }
        }
    }
}

final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
