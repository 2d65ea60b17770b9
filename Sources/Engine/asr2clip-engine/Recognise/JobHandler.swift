import EngineLink
import Concurrency
import NIOCore
import NIOPosix
import SpeechTypes
import Recognition

/// The connection of one job: reads the request and writes events, each after the previous one has been written. If the
/// server closes the connection, the job is cancelled.
final class JobHandler: ChannelInboundHandler {
    typealias InboundIn = Frame

    private let pipeline: TranscriptionPipeline
    private let executor: EventLoopExecutor
    private var work: Task<Void, Never>?

    private init(pipeline: TranscriptionPipeline, executor: EventLoopExecutor) {
        self.pipeline = pipeline
        self.executor = executor
    }

    /// Serves a job's connection, and takes ownership of it.
    static func serve(_ descriptor: CInt, pipeline: TranscriptionPipeline, on executor: EventLoopExecutor) {
        _ = ClientBootstrap(group: executor.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(FrameDecoder(limit: Frame.longestRequest)))
                    try channel.pipeline.syncOperations.addHandler(JobHandler(pipeline: pipeline, executor: executor))
                }
            }
            .withConnectedSocket(descriptor)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard work == nil else { return context.close(promise: nil) }
        let frame = unwrapInboundIn(data)
        let answer = Answering(pipeline: pipeline, channel: context.channel)
        work = Task(executorPreference: executor) {
            // On any other error, the connection closes without a final reply, which the server notices.
            try? await answer(frame)
            answer.channel.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        work?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

private struct Answering: Sendable {
    let pipeline: TranscriptionPipeline
    let channel: any Channel

    /// The most events in a frame. A segment with its tokens and their times takes some 30 kB.
    private static let mostEvents = 8

    func callAsFunction(_ frame: Frame) async throws {
        switch try frame.message(as: EngineRequest.self) {
        case .load: try await send(.load(await pipeline.load))
        case .transcribe(let job):
            do {
                try await pipeline.run(job) { events in
                    for start in stride(from: 0, to: events.count, by: Self.mostEvents) {
                        try await send(.events(Array(events[start...].prefix(Self.mostEvents))))
                    }
                }
            } catch let error as TranscriptionError {
                if error.code == .recognitionFailed { StandardError.write("\(error.message)\n") }
                try await send(.failed(error))
            }
        }
    }

    private func send(_ reply: EngineReply) async throws {
        var bytes = ByteBuffer()
        try reply.frame().write(into: &bytes)
        try await channel.writeAndFlush(bytes)
    }
}
