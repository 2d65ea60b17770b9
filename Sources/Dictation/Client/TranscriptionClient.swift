import AsyncHTTPClient
import Basics
import Foundation
import NIOCore
import SpeechTypes
import Synchronization

/// Asks an OpenAI-compatible server.
public struct TranscriptionClient: TranscriptionService {
    private let server: ServerConnection
    private let settings: RetrySettings

    /// Makes a client for a server; nothing is sent yet.
    public init(_ server: ClientConfiguration) {
        self.init(server, settings: RetrySettings())
    }

    init(_ server: ClientConfiguration, settings: RetrySettings) {
        self.server = ServerConnection(server, settings: settings)
        self.settings = settings
    }

    /// Transcribes a recording.
    ///
    /// Lost connections and the statuses 429 and 503 are tried again, as long as no text has come. The time limit is a
    /// minute of silence and twice the recording's length, or what its size tells of that.
    public func transcribe(
        _ request: TranscriptionRequest, report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) async throws -> String {
        var request = request
        if request.model == nil { request.model = try await defaultModel() }
        for attempt in 1... {
            let hasText = Atomic(false)
            // What `report` throws is no failure of the connection, which it ends.
            let failedReport = Mutex<(any Error)?>(nil)
            do {
                return try await send(request) { progress in
                    if case .delta = progress { hasText.store(true, ordering: .relaxed) }
                    do {
                        try await report(progress)
                    } catch {
                        failedReport.withLock { $0 = error }
                        throw error
                    }
                }
            } catch let error as ClientError {
                if let cause = failedReport.withLock({ $0 }) { throw cause }
                guard error.mayBeRepeated, !hasText.load(ordering: .relaxed), attempt < settings.tries else {
                    throw error
                }
                let wish = error.retryAfter.map { min($0, settings.longestWish) }
                let pause = wish ?? settings.pause * (1 << (attempt - 1))
                try await report(.retrying(error, after: pause))
                try await Task.sleep(for: pause)
            }
        }
        preconditionFailure("The loop ends by returning or throwing.")
    }

    /// Makes sure that somebody listens at the server's address, whatever the answer is, and if it takes its time.
    ///
    /// - Throws: `ClientError` (`unreachable`).
    public func checkReachable() async throws {
        do {
            _ = try await server.get("models", patience: .seconds(1))
        } catch let error as ClientError where error.code != .unreachable {}
    }

    /// The names of the server's models, those that are loaded first.
    ///
    /// - Throws: `ClientError`.
    public func models() async throws -> [String] {
        let answer = try await server.get("models")
        guard let list = try? JSONDecoder().decode(ModelList.self, from: Data(answer.utf8)) else {
            throw ClientError(.failed, "\(server.name) answers, but not with a list of models. Check api_base_url.")
        }
        return list.data.filter { $0.status == "loaded" }.map(\.id)
            + list.data.filter { $0.status != "loaded" }.map(\.id)
    }

    /// Whether the server knows a name that it may not list, such as an alias.
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

    private struct ModelList: Decodable {
        struct Model: Decodable {
            var id: String
            var status: String?
        }

        var data: [Model]
    }

    /// The server's first model, or the name that every server of this kind used to know.
    private func defaultModel() async throws -> String {
        do {
            return try await models().first ?? "whisper-1"
        } catch let error as ClientError where error.code == .refused || error.code == .failed {
            return "whisper-1"
        }
    }

    private func send(
        _ request: TranscriptionRequest, report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) async throws -> String {
        // For bare text `json` is asked for: it is the one format that every server and model has.
        let format = request.format == .text ? .json : request.format
        var fields = [("model", request.model ?? ""), ("response_format", format.rawValue)]
        if let language = request.language { fields.append(("language", language)) }
        if let prompt = request.prompt { fields.append(("prompt", prompt)) }
        if request.isStreamed { fields.append(("stream", "true")) }
        let body = try UploadBody(fields, file: request.file, fileName: request.fileName)
        var message = server.request("audio/transcriptions")
        message.method = .POST
        message.headers.add(name: "Content-Type", value: body.contentType)
        // Our own server then tells how far it has heard; others do not know the field.
        if request.isStreamed { message.headers.add(name: "x-asr-progress", value: "true") }
        message.body = .stream(body.pieces { try await report(.sent($0)) }, length: .known(body.length))
        return try await server.withResponse(to: message, patience: patience(for: request, bytes: body.length)) {
            response in
            guard response.headers.first(name: "content-type")?.hasPrefix("text/event-stream") == true else {
                let text = String(buffer: try await response.body.collect(upTo: 1 << 28))
                return request.format == .text ? try plain(text, response) : text
            }
            return try await events(of: response, report: report)
        }
    }

    /// A minute, and twice the length of the recording: as if it were recognised at half its speed. Where the length is
    /// not known it is taken for the slowest usual sound, 16 kB a second.
    private func patience(for request: TranscriptionRequest, bytes: Int64) -> Duration {
        settings.patience + min(request.duration ?? .seconds(clamped: Double(bytes) / 16_000), .longest) * 2
    }

    /// The text of an answer; a server that sends bare text all the same is understood.
    private func plain(_ text: String, _ response: HTTPClientResponse) throws -> String {
        if let answer = try? JSONDecoder().decode(TextAnswer.self, from: Data(text.utf8)) { return answer.text }
        if text.prefix(200).lowercased().contains("<html") {
            throw ClientError(.failed, "\(server.name) answers with a web page. Check api_base_url.")
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private struct TextAnswer: Decodable {
        var text: String
    }

    private func events(
        of response: HTTPClientResponse, report: (TranscriptionProgress) async throws -> Void
    ) async throws -> String {
        var reader = EventLines()
        var text = ""
        for try await piece in response.body {
            for line in reader.take(piece) {
                guard case .data(let data) = line else {
                    if let progress = heard(line) { try await report(progress) }
                    continue
                }
                guard data != "[DONE]" else { return text }
                let event = try? JSONDecoder().decode(Event.self, from: Data(data.utf8))
                if let message = event?.error?.message {
                    throw ClientError(.failed, "\(server.name) broke off: \(message)")
                }
                switch event?.type {
                case "transcript.text.delta":
                    text += event?.delta ?? ""
                    try await report(.delta(event?.delta ?? ""))
                case "transcript.text.done": return event?.text ?? text
                default: continue
                }
            }
        }
        throw ClientError(.failed, "\(server.name) broke off in the middle of the text. Send the recording again.")
    }

    /// Our own server's comments: `heard 12.34`.
    private func heard(_ line: EventLines.Line) -> TranscriptionProgress? {
        guard case .comment(let words) = line, words.hasPrefix("heard ") else { return nil }
        return Double(words.dropFirst("heard ".count)).map { .heard(.seconds(clamped: $0)) }
    }

    private struct Event: Decodable {
        struct Failure: Decodable {
            var message: String
        }

        var type: String?
        var delta: String?
        var text: String?
        var error: Failure?
    }
}
