import EngineLink
import Essentials
import NIOCore
import NIOPosix
import SpeechTypes
import SystemPackage

/// The connection to one run of an engine. Each job has its own socket pair, of which the engine gets one end.
final class EngineConnection: Sendable {
    /// Why a request got no answer. No case proves that the engine's process has ended; only its exit does.
    enum Failure: Error, Equatable {
        /// No connection could be made: the engine no longer accepts any, or the system has no resources for another.
        case unreachable(Errno)
        /// The connection ended before the answer, for this reason.
        case closed(String)
        /// The engine has sent nothing for too long.
        case silent
        /// The engine has violated the protocol.
        case garbled(String)
    }

    /// The number of the run, counted per model.
    let run: Int
    private let socket: LinkSocket
    private let eventLoop: any EventLoop
    private let patience: TimeAmount

    /// How often a connection is offered to an engine that has others to accept first, and the pause between attempts.
    private static let offers = 200
    private static let pause = Duration.milliseconds(10)

    /// Prepares connections; none is open yet.
    ///
    /// - Parameters:
    ///   - socket: Where the engine receives descriptors.
    ///   - run: The number of the run, counted per model.
    ///   - eventLoop: Where answers are read.
    ///   - patience: How long the engine may send nothing during a job; noticing it may take as long again.
    init(over socket: LinkSocket, run: Int, on eventLoop: any EventLoop, patience: TimeAmount) {
        self.socket = socket
        self.run = run
        self.eventLoop = eventLoop
        self.patience = patience
    }

    /// Gives the engine a job.
    ///
    /// - Returns: Its answer, event by event. Releasing it before its end closes the connection, which cancels the job.
    /// - Throws: `Failure`, `CancellationError`.
    func send(_ job: TranscriptionJob) async throws -> EngineResponse {
        try await ask(.transcribe(job), mostBytes: EngineResponse.mostBytes(for: job))
    }

    /// Asks for the state of the engine's lanes.
    ///
    /// - Returns: `nil` if the engine does not answer in time.
    func load(within limit: TimeAmount) async -> LaneLoad? {
        guard var answer = try? await ask(.load, mostBytes: 1 << 12, offers: 1) else { return nil }
        let patience = eventLoop.scheduleTask(in: limit) { [line = answer.line] in line.hangUp() }
        defer { patience.cancel() }
        guard case .load(let load) = try? await answer.nextReply() else { return nil }
        return load
    }

    private func ask(
        _ request: EngineRequest, mostBytes: Int, offers: Int = offers
    ) async throws -> EngineResponse {
        let frame = try Frame(message: request)
        let (replies, continuation) = EngineResponse.Frames.makeStream(bufferingPolicy: .unbounded)
        let ahead = ReadAhead()
        let channel = try await connect(ahead, continuation, mostBytes: mostBytes, offers: offers)
        var bytes = ByteBuffer()
        frame.write(into: &bytes)
        channel.writeAndFlush(bytes).whenFailure { error in
            continuation.finish(throwing: Failure.closed("nothing could be sent: \(error)"))
        }
        return EngineResponse(replies, over: EngineLine(channel, ahead: ahead))
    }

    private func connect(
        _ ahead: ReadAhead, _ answer: EngineResponse.Frames.Continuation, mostBytes: Int, offers: Int
    ) async throws -> any Channel {
        let ours = try await offer(times: offers)
        do {
            return try await ClientBootstrap(group: eventLoop)
                .channelOption(.autoRead, value: false)
                .channelInitializer { [patience] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            IdleStateHandler(readTimeout: patience),
                            ByteToMessageHandler(FrameDecoder(limit: Frame.longestReply)),
                        ])
                        try channel.pipeline.syncOperations.addHandler(
                            EngineExchange(ahead, answer: answer, mostBytes: mostBytes, patience: patience))
                    }
                }
                .withConnectedSocket(ours).get()
        } catch {
            try Task.checkCancellation()
            throw Failure.closed("its connection cannot be used: \(error)")
        }
    }

    /// Passes one end of a new connection to the engine.
    ///
    /// - Parameter times: The most attempts.
    /// - Returns: The server's end, which the caller owns.
    /// - Throws: `Failure.unreachable`, `CancellationError`.
    private func offer(times: Int) async throws -> CInt {
        for attempt in 1... {
            do throws(Errno) {
                let ends = try LinkSocket.pair()
                defer { close(ends.theirs) }
                do throws(Errno) {
                    try socket.pass(ends.theirs)
                    return ends.ours
                } catch {
                    close(ends.ours)
                    throw error
                }
            } catch {
                guard error == .resourceTemporarilyUnavailable, attempt < times else {
                    throw Failure.unreachable(error)
                }
                try await Task.sleep(for: Self.pause)
            }
        }
        throw Failure.unreachable(.resourceTemporarilyUnavailable)
    }
}
