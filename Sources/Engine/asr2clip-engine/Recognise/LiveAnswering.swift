import EngineLink
import NIOCore
import Recognition
import SpeechTypes

/// The work of one live session.
struct LiveAnswering: Sendable {
    let pipeline: TranscriptionPipeline
    let input: AsyncStream<Frame>
    /// Sends a reply, and waits until it has been written.
    let send: @Sendable (EngineReply) async throws -> Void

    func callAsFunction(_ start: LiveStart) async throws {
        let (events, report) = AsyncStream.makeStream(of: LiveEvent.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { report.finish() }
                do {
                    try await hear(start) { report.yield($0) }
                } catch let error as TranscriptionError {
                    try await send(.failed(error))
                }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    if await !pipeline.isStuck { report.yield(.working) }
                }
            }
            for await event in events {
                do {
                    try await send(.live(event))
                } catch let error as TranscriptionError {
                    // A damaged model yields probabilities that JSON cannot express.
                    guard case .piece(let turn, _, _) = event else { throw error }
                    try await send(.live(.failed(turn: turn, error: error)))
                }
            }
            group.cancelAll()
        }
    }

    /// Hears the session until its end, or until the server has gone.
    private func hear(_ start: LiveStart, report: @escaping @Sendable (LiveEvent) -> Void) async throws {
        let session = try pipeline.live(start, report: report)
        do {
            for await frame in input {
                guard try await session.receive(LiveSession.Input(frame)) else { return }
            }
        } catch {
            await session.cancel()
            throw error
        }
        await session.cancel()
    }
}

extension LiveSession.Input {
    /// The input in a frame.
    ///
    /// - Throws: `FrameError` or `DecodingError` if it is neither audio nor a command.
    init(_ frame: Frame) throws {
        switch frame.kind {
        case .bytes: self = .audio(Array(frame.content.readableBytesView))
        case .message, .samples: self = .command(try frame.message(as: LiveCommand.self))
        }
    }
}
