import TestSupport

extension APIClient {
    /// Sends recordings of so many phrases each; all are in hand, and what is to be done before is done, when the engine begins
    /// to work on them.
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
