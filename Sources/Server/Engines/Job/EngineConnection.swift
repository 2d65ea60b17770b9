import EngineLink
import Essentials
import NIOCore
import NIOPosix
import SpeechTypes
import SystemPackage

/// The connection to one run of an engine. Each job has its own socket pair, of which the engine gets one end.
final class EngineConnection: Sendable {
    let run: Int
    private let socket: LinkSocket
    private let eventLoop: any EventLoop
    private let patience: TimeAmount

    /// How often a connection is offered to an engine that has others to accept first, and the pause between attempts.
    private static let offers = 200
    private static let pause = Duration.milliseconds(10)

    /// The patience is how long the engine may send nothing during a job; noticing it may take as long again.
    init(over socket: LinkSocket, run: Int, on eventLoop: any EventLoop, patience: TimeAmount) {
        self.socket = socket
        self.run = run
        self.eventLoop = eventLoop
        self.patience = patience
    }

    /// Gives the engine a job. Releasing the answer before its end closes the connection, which cancels the job.
    func send(_ job: TranscriptionJob) async throws -> EngineResponse {
        try await ask(.transcribe(job), mostBytes: EngineResponse.mostBytes(for: job))
    }

    /// Begins a live session; `EngineLine.send` sends its audio and commands.
    func open(_ start: LiveStart) async throws -> EngineResponse {
        try await ask(.live(start), mostBytes: .max)
    }

    /// Asks for the state of the engine's lanes; `nil` if it does not answer in time.
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
        let channel = try await connect(offers: offers) { [patience] in
            EngineExchange(ahead, answer: continuation, mostBytes: mostBytes, patience: patience)
        }
        var bytes = ByteBuffer()
        frame.write(into: &bytes)
        channel.writeAndFlush(bytes).whenFailure { error in
            continuation.finish(throwing: EngineConnectionFailure.closed("nothing could be sent: \(error)"))
        }
        return EngineResponse(replies, over: EngineLine(channel, ahead: ahead))
    }

    private func connect(
        offers: Int, exchange: @escaping @Sendable () -> EngineExchange
    ) async throws -> any Channel {
        let ours = try await offer(times: offers)
        do {
            return try await ClientBootstrap(group: eventLoop)
                .channelOption(.autoRead, value: false)
                .channelInitializer { [patience] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(
                            IdleStateHandler(readTimeout: patience),
                            ByteToMessageHandler(FrameDecoder(limit: Frame.longestReply)), exchange())
                    }
                }
                .withConnectedSocket(ours).get()
        } catch {
            try Task.checkCancellation()
            throw EngineConnectionFailure.closed("its connection cannot be used: \(error)")
        }
    }

    /// Passes one end of a new connection to the engine; returns the server's end, which the caller owns.
    private func offer(times: Int) async throws -> CInt {
        var attempt = 1
        while true {
            do throws(Errno) {
                return try offer()
            } catch {
                guard error == .resourceTemporarilyUnavailable, attempt < times else {
                    throw EngineConnectionFailure.unreachable(error)
                }
                attempt += 1
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func offer() throws(Errno) -> CInt {
        let ends = try LinkSocket.pair()
        defer { close(ends.theirs) }
        do throws(Errno) {
            try socket.pass(ends.theirs)
        } catch {
            close(ends.ours)
            throw error
        }
        return ends.ours
    }
}

/// Why a request got no answer. No case proves that the engine's process has ended; only its exit does.
enum EngineConnectionFailure: Error, Equatable {
    /// No connection could be made: the engine no longer accepts any, or the system has no resources for another.
    case unreachable(Errno)
    case closed(String)
    case silent
    case garbled(String)

    /// Whether the engine's process may have ended, or is about to.
    var mayBeAnEnd: Bool {
        switch self {
        case .closed: true
        case .unreachable(let error): error == .brokenPipe || error == .connectionReset
        case .silent, .garbled: false
        }
    }

    /// Why the engine must be ended, for the log; `nil` if it may go on.
    var reasonToEnd: String? {
        switch self {
        case .silent: "The engine does not answer any more and is killed."
        case .garbled(let words): "The engine violates the protocol and is killed: \(words)."
        case .closed, .unreachable: nil
        }
    }

    var reason: String {
        switch self {
        case .unreachable(let error): error.description
        case .closed(let words), .garbled(let words): words
        case .silent: "it does not answer any more"
        }
    }
}
