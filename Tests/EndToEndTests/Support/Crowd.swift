import TestSupport

extension APIClient {
    /// Sends recordings with these numbers of phrases. When the engine starts on them, all have been admitted and
    /// `action` has run.
    func crowd(
        _ sizes: [Int], at model: String, isolation: isolated (any Actor)? = #isolation,
        before action: (_ engine: Int32) async throws -> Void = { _ in }
    ) async throws -> [(request: Task<Answer, any Error>, text: String)] {
        try await whileStopped(model) { engine in
            let requests = try sizes.map { size in
                let phrases = try Phrases(size)
                let fields: KeyValuePairs = ["model": model, "response_format": "text"]
                return (request: Task { try await transcribe(phrases.file, fields) }, text: phrases.text)
            }
            try await waitUntilInHand(sizes.count, of: model)
            try await action(engine)
            return requests
        }
    }
}
