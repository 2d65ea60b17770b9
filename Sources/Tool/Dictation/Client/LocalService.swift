public import SpeechTypes
import TranscriptFormats

/// Transcribes with the tool's own engine, as the server would.
public struct LocalService: TranscriptionService {
    private let transcriber: any Transcriber
    private let takesLanguage: Bool
    private let unused = UnusedHints()

    /// The server's limit protects it from other people's uploads; the user's own recordings may be longer.
    private static let longest = Duration.seconds(7 * 24 * 3600)

    /// Creates a service on a transcriber that has one model.
    ///
    /// - Parameters:
    ///   - transcriber: The transcriber.
    ///   - takesLanguage: Whether its model accepts a language.
    public init(_ transcriber: any Transcriber, takesLanguage: Bool = true) {
        self.transcriber = transcriber
        self.takesLanguage = takesLanguage
    }

    /// Transcribes a recording.
    public func transcribe(
        _ request: TranscriptionRequest, report: @escaping @Sendable (TranscriptionProgress) async throws -> Void
    ) async throws -> String {
        let language: Language?
        do throws(MalformedLanguage) {
            language = try request.language.flatMap { text throws(MalformedLanguage) in try Language(parsing: text) }
        } catch {
            throw ClientError(.refused, "'\(error.text)' is no language code; write one such as en or zh.")
        }
        let job = TranscriptionJob(
            path: request.file, fileName: request.fileName, language: language,
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
                case .working: break
                case .done(let summary):
                    transcript.duration = summary.duration
                    transcript.assume(summary.language)
                    let ignored = summary.unusedHints.map(\.rawValue) + (takesLanguage ? [] : ["language"])
                    if let note = unused.note(of: ignored, in: request) { try await report(.notice(note)) }
                }
            }
        } catch let error as TranscriptionError {
            throw ClientError(.refused, error.message)
        } catch let error where !(error is CancellationError || error is DeliveryError) {
            throw ClientError(.failed, "\(error)")
        }
        try Task.checkCancellation()
        return request.format.render(transcript, echoing: RequestEcho())
    }
}
