import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import SpeechTypes
import Synchronization

/// The way to one run of an engine: its socket, and connections to it that wait for the next job.
final class EngineConnection: Sendable {
    /// Why there is no answer to a request. None of them says that the engine's process has ended: that, only the
    /// process tells.
    enum Failure: Error, Equatable {
        /// There is no connection, and why: nobody listens any more, or the system has no room for another one.
        case unreachable(CInt?, String)
        /// The connection ended before the answer, and why.
        case closed(String)
        /// The engine has said nothing for too long.
        case silent
        /// The engine answered with another status than 200, and its words.
        case refused(UInt, String)
    }

    /// Counts the runs of the model's engine.
    let run: Int
    private let socket: String
    private let eventLoop: any EventLoop
    private let waiting = Mutex<[any Channel]>([])

    /// More connections than this are closed after their job.
    private static let mostWaiting = 64

    /// Nothing is connected yet.
    ///
    /// - Parameters:
    ///   - socket: The engine's socket.
    ///   - run: Counts the runs of the model's engine.
    ///   - eventLoop: Where its answers are read.
    init(to socket: String, run: Int, on eventLoop: any EventLoop) {
        self.socket = socket
        self.run = run
        self.eventLoop = eventLoop
    }

    /// Gives the engine a job.
    ///
    /// - Returns: Its answer, line by line. Letting go of it before its end hangs up, which ends the job.
    /// - Throws: `Failure`, `CancellationError`.
    func send(_ job: TranscriptionJob) async throws -> EngineAnswer {
        let body = ByteBuffer(data: try JSONEncoder().encode(WireJob(job)))
        return try await ask(.POST, "/transcribe", body: body)
    }

    /// Asks what the engine's lanes are doing.
    ///
    /// - Returns: `nil` if it does not say so in time.
    func load(within limit: TimeAmount) async -> LaneLoad? {
        guard let answer = try? await ask(.GET, "/status") else { return nil }
        let patience = eventLoop.scheduleTask(in: limit) { answer.hangUp() }
        defer { patience.cancel() }
        return try? JSONDecoder().decode(LaneLoad.self, from: await answer.collect())
    }

    private func ask(_ method: HTTPMethod, _ path: String, body: ByteBuffer = ByteBuffer()) async throws -> EngineAnswer
    {
        let channel: any Channel
        if let known = waiting.withLock({ $0.popLast() }) { channel = known } else { channel = try await connect() }
        let (pieces, continuation) = EngineAnswer.Pieces.makeStream(bufferingPolicy: .unbounded)
        let headers: HTTPHeaders = ["Host": "engine", "Content-Length": "\(body.readableBytes)"]
        let request = EngineExchange.Request(
            head: HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers), body: body,
            answer: continuation)
        channel.writeAndFlush(request).whenFailure { error in
            continuation.finish(throwing: Failure.closed("nothing could be sent: \(error)"))
        }
        return EngineAnswer(pieces, to: request.number, on: channel)
    }

    private func connect() async throws -> any Channel {
        do {
            return try await ClientBootstrap(group: eventLoop)
                .channelInitializer { [weak self] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            IdleStateHandler(readTimeout: EngineExchange.patience))
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        try channel.pipeline.syncOperations.addHandler(
                            EngineExchange { [weak self] in self?.keep($0) ?? $0.close(promise: nil) })
                    }
                }
                .connect(unixDomainSocketPath: socket).get()
        } catch {
            try Task.checkCancellation()
            throw Failure.unreachable((error as? IOError)?.errnoCode, "\(error)")
        }
    }

    private func keep(_ channel: any Channel) {
        let isKept = waiting.withLock { waiting in
            waiting.removeAll { !$0.isActive }
            guard waiting.count < Self.mostWaiting else { return false }
            waiting.append(channel)
            return true
        }
        if !isKept { channel.close(promise: nil) }
    }

    deinit {
        for channel in waiting.withLock({ $0 }) { channel.close(promise: nil) }
    }
}
