public import EngineLink

extension EngineProgram {
    /// Starts an engine for one question, and waits for the reply.
    ///
    /// - Parameters:
    ///   - job: The question.
    ///   - type: The type of the reply.
    ///   - limit: The timeout for the reply.
    /// - Returns: The reply.
    /// - Throws: `EngineFailure` if there is no reply, `CancellationError`.
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
