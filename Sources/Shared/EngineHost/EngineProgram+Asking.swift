public import EngineLink

extension EngineProgram {
    /// Asks a process of its own for one thing.
    ///
    /// - Parameters:
    ///   - job: The question.
    ///   - type: What is answered.
    ///   - limit: How long the answer may take.
    /// - Returns: The answer.
    /// - Throws: `EngineFailure` if there is none, `CancellationError`.
    public func ask<Reply: Decodable & Sendable>(
        _ job: EngineOrder.Job, for type: Reply.Type, within limit: Duration
    ) async throws -> Reply {
        try await EngineTask(self, logger: .silent).run(job) { socket in
            do {
                guard let frame = try socket.receive(limit: Frame.longestReply, within: limit) else {
                    throw EngineHangUp()
                }
                return try frame.message(as: type)
            } catch let error where !(error is EngineHangUp) {
                throw EngineFailure(reason: "cannot be understood: \(error)")
            }
        }
    }
}
