import Hummingbird

/// `POST /v1/audio/translations`: like a transcription, but the text is English, whatever language is spoken.
struct TranslationEndpoint: Sendable {
    let service: RecordingService

    /// Fields that only transcriptions have; if they are sent, the response reports them as ignored.
    private static let foreign = ["language", "languages", "stream"]

    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await TranscriptionForm(
            service.form(of: request, context: context), task: .translate, without: Self.foreign)
        return try await service.answer(form, to: request, context: context)
    }
}
