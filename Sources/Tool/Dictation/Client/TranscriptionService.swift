package import SpeechTypes
import Synchronization
package import TranscriptFormats

/// Turns recordings into text: a server, or the tool's own engine.
package protocol TranscriptionService: Sendable {
    /// Transcribes a recording; returns the whole text, or the document in the requested format. The work waits for
    /// each call of `report`. Throws `ClientError` or `CancellationError`.
    func transcribe(_ request: TranscriptionRequest, report: @escaping ProgressReport) async throws -> String

    /// Opens a live session, in which recordings are heard while they are made; `nil` if the user does not want that, or
    /// the service has none. With `printsWords`, the session's words are final.
    func liveSpeech(
        _ template: TranscriptionRequest, printsWords: Bool, report: @escaping DictationEvents
    ) -> LiveSpeech?
}

extension TranscriptionService {
    package func liveSpeech(
        _ template: TranscriptionRequest, printsWords: Bool, report: @escaping DictationEvents
    ) -> LiveSpeech? { nil }

    package func transcribe(_ request: TranscriptionRequest) async throws -> String {
        try await transcribe(request) { _ in }
    }
}

package typealias ProgressReport = @Sendable (TranscriptionProgress) async throws -> Void

package enum TranscriptionProgress: Sendable, Equatable {
    /// The share of the upload that has been sent, 0…1.
    case sent(Double)
    /// The recording has been processed up to here.
    case heard(Duration)
    /// Text to append; only if the request is streamed.
    case delta(String)
    /// A note on the result, such as a hint that had no effect.
    case notice(String)
    /// The attempt failed with this error; a retry follows after a pause.
    case retrying(ClientError, after: Duration)
}

package struct TranscriptionRequest: Sendable {
    package var file = ""
    /// The name that is sent instead of the file's own; some servers derive the format from its extension.
    var fileName: String?
    /// The model; `nil` chooses from the server's list.
    var model: String?
    var language: String?
    var prompt: String?
    var format = ResponseFormat.text
    var isStreamed = false
    /// The length of the recording, if it is known: timeouts grow with it.
    var duration: Duration?

    var sentName: String { fileName ?? file.split(separator: "/").last.map(String.init) ?? "audio" }
}

extension TranscriptionRequest {
    /// The request for each recording; `file` is still empty.
    package init(_ settings: ConfigurationSettings, format: ResponseFormat = .text) {
        self.init(model: settings.model, language: settings.language, prompt: settings.prompt, format: format)
    }
}

/// A failed transcription request.
package struct ClientError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// Nothing listens at the address, or it does not speak HTTP.
        case unreachable
        /// The server rejects this request; a retry would be rejected too.
        case refused
        /// The server is overloaded or unavailable; a later request may succeed.
        case busy
        /// The server failed, or its response is not one of a transcription server.
        case failed
        case unreadable
    }

    package let code: Code
    /// The server, its message and what to do. One line, except for `unreachable` on this machine, which has two.
    package let description: String
    let retryAfter: Duration?
    let mayBeRepeated: Bool
    /// The status of the server's response, if that is the failure.
    let status: Int?
    /// Whether a request with another recording would fail as well, until the user or the server changes something.
    let hitsEveryRequest: Bool
    /// Whether the recording may be what makes servers fail.
    let isOfRecording: Bool

    init(
        _ code: Code, _ description: String, retryAfter: Duration? = nil, mayBeRepeated: Bool = false,
        status: Int? = nil, hitsEveryRequest: Bool = false, isOfRecording: Bool = false
    ) {
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
        self.mayBeRepeated = mayBeRepeated
        self.status = status
        self.hitsEveryRequest = hitsEveryRequest
        self.isOfRecording = isOfRecording
    }
}

/// Notes on the user's hints that had no effect, once for each.
final class UnusedHints: Sendable {
    private let told = Mutex<Set<String>>([])

    /// A note on the ignored fields that the request gives and no earlier note named; `nil` if there are none.
    func note(of ignored: [String], in request: TranscriptionRequest) -> String? {
        let given = [request.language == nil ? nil : "language", request.prompt == nil ? nil : "prompt"]
        let new = told.withLock { told in
            given.compactMap(\.self).filter { ignored.contains($0) && told.insert($0).inserted }
        }
        return new.isEmpty ? nil : "The model makes no use of the \(new.joined(separator: " and the "))."
    }
}

/// Transcribes with the tool's own engine, as the server would.
package struct LocalService: TranscriptionService {
    private let transcriber: any Transcriber
    private let takesLanguage: Bool
    private let unused = UnusedHints()

    /// The server's limit protects it from other people's uploads; the user's own recordings may be longer.
    private static let longest = Duration.seconds(7 * 24 * 3600)

    /// Uses a transcriber that has one model; `takesLanguage` says whether the model accepts a language.
    package init(_ transcriber: any Transcriber, takesLanguage: Bool) {
        self.transcriber = transcriber
        self.takesLanguage = takesLanguage
    }

    package func transcribe(_ request: TranscriptionRequest, report: @escaping ProgressReport) async throws -> String {
        let language: Language?
        do throws(MalformedLanguage) {
            language = try request.language.flatMap { text throws(MalformedLanguage) in try Language(parsing: text) }
        } catch {
            throw ClientError(
                .refused, "'\(error.text)' is no language code; write one such as en or zh.", hitsEveryRequest: true)
        }
        let job = TranscriptionJob(
            path: request.file, fileName: request.sentName, language: language,
            hints: Hints(prompt: request.prompt ?? ""), maximumDuration: Self.longest,
            needsTimes: ![.json, .text].contains(request.format))
        var transcript = Transcript()
        do {
            for try await event in try await transcriber.transcribe(job) {
                switch event {
                case .segment(let segment):
                    let delta = transcript.append(segment)
                    if !delta.isEmpty, request.isStreamed { try await report(.delta(delta)) }
                    try await report(.heard(segment.end))
                case .length, .working: break
                case .done(let summary):
                    transcript.duration = summary.duration
                    transcript.assume(summary.language)
                    let ignored = summary.unusedHints.map(\.rawValue) + (takesLanguage ? [] : ["language"])
                    if let note = unused.note(of: ignored, in: request) { try await report(.notice(note)) }
                }
            }
        } catch let error as TranscriptionError {
            throw ClientError(.refused, error.message, hitsEveryRequest: error.code == .unsupportedLanguage)
        } catch let error where !(error is CancellationError || error is DeliveryError) {
            throw ClientError(.failed, "\(error)")
        }
        try Task.checkCancellation()
        return request.format.render(transcript, echoing: RequestEcho())
    }
}
