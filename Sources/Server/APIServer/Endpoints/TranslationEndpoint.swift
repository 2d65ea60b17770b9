import Hummingbird

/// `POST /v1/audio/translations`: like a transcription, in English whatever is spoken.
struct TranslationEndpoint: Sendable {
    let service: RecordingService

    /// What only transcriptions have; clients that send it all the same are told that it changes nothing.
    private static let foreign = ["language", "languages", "stream"]

    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await TranscriptionForm(
            service.form(of: request, context: context), task: .translate, without: Self.foreign)
        return try await service.answer(form, to: request, context: context)
    }
}
