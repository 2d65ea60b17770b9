import EngineLink
import Concurrency
import NIOCore
import NIOPosix
import SpeechTypes
import Recognition

/// The connection of one job: reads the request and writes events, each after the previous one has been written. If the
/// server closes the connection, the job is cancelled. Frames after the request are the audio and commands of a live
/// session; the server limits how much of it is on its way.
final class JobHandler: ChannelInboundHandler {
    typealias InboundIn = Frame

    private let pipeline: TranscriptionPipeline
    private let executor: EventLoopExecutor
    private var work: Task<Void, Never>?
    private let (input, more) = AsyncStream.makeStream(of: Frame.self)

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
        let frame = unwrapInboundIn(data)
        guard work == nil else {
            more.yield(frame)
            return
        }
        let answer = Answering(pipeline: pipeline, channel: context.channel, input: input)
        work = Task(executorPreference: executor) {
            do {
                try await answer(frame)
            } catch {
                // The connection closes without a final reply, which the server notices.
                if answer.channel.isActive { StandardError.write("A job ended without a reply: \(error)\n") }
            }
            answer.channel.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        more.finish()
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
    let input: AsyncStream<Frame>

    /// The most events in a frame. A segment with its tokens and their times takes some 30 kB.
    private static let mostEvents = 8

    func callAsFunction(_ frame: Frame) async throws {
        switch try frame.message(as: EngineRequest.self) {
        case .load: try await send(.load(await pipeline.load))
        case .live(let start):
            try await LiveAnswering(pipeline: pipeline, input: input, send: send)(start)
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
