import Hummingbird

/// `POST /v1/audio/transcriptions`.
struct TranscriptionEndpoint: Sendable {
    let service: RecordingService

    @Sendable func create(_ request: Request, context: APIContext) async throws -> Response {
        let form = try await TranscriptionForm(service.form(of: request, context: context))
        return try await service.answer(form, to: request, context: context)
    }
}
