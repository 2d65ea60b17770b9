import EventLoops
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import ModelFamilies
import NIOCore
import SpeechRecognition
import SpeechTypes
import Transcription

/// The inside of an engine process: one model, served on a Unix socket until the parent goes.
public struct EngineServer: Sendable {
    private let pipeline: TranscriptionPipeline
    /// All that goes on between reading, decoding and writing.
    private let executor: EventLoopExecutor

    private init(pipeline: TranscriptionPipeline, on executor: EventLoopExecutor) {
        self.pipeline = pipeline
        self.executor = executor
    }

    /// Loads the model, says so on standard output, and serves. Returns only when serving ends; the process usually
    /// ends before, with its parent.
    public static func run(_ command: EngineCommand) async throws {
        ParentWatch.start(parent: command.parent)
        let sandbox = EngineSandbox(memory: command.memory, opensDevices: command.model.options.needsDevices)
        for lack in sandbox.enter() { log("\(EngineProcess.warningMark)The engine's sandbox is without \(lack).") }
        let recognizer: Recognizer
        do throws(RecognitionError) {
            recognizer = try Recognizer(
                command.model, operatorThreads: command.threads.perLane, threadsAlone: command.threads.alone,
                runtimeSettings: command.runtimeSettings)
        } catch {
            greet(Greeting(failed: error.message))
            return
        }
        let detector = VoiceActivityModel(path: command.detector)
        if let fault = detector.fault { log("\(fault) Until then, long recordings are cut at quiet places.") }
        let executor = EventLoopExecutor()
        let pipeline = TranscriptionPipeline(
            recognizer: recognizer, lanes: command.threads.lanes, detector: detector,
            clock: EventLoopClock(executor.eventLoop), executor: executor)
        do {
            try await pipeline.warmUp()
        } catch {
            let reason = (error as? TranscriptionError)?.message ?? "\(error)"
            greet(
                Greeting(
                    failed: "Model '\(command.model.name)' was loaded but cannot decode. \(reason) Check its files."))
            return
        }
        try await EngineServer(pipeline: pipeline, on: executor).serve(on: command.socket)
    }

    private func serve(on socket: String) async throws {
        let router = Router(context: BasicRequestContext.self)
        router.post("transcribe") { request, _ in
            let body = try await request.body.collect(upTo: WireJob.maximumBytes)
            let job = try JSONDecoder().decode(WireJob.self, from: body).job
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson"], body: answer(job))
        }
        router.get("status") { [pipeline] _, _ in
            let load = try JSONEncoder().encodeAsByteBuffer(await pipeline.load, allocator: ByteBufferAllocator())
            return Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: load))
        }
        var logger = Logger(label: "engine")
        logger.logLevel = .warning
        let application = Application(
            router: router,
            server: .http1(configuration: HTTP1Channel.Configuration(additionalChannelHandlers: [HeadWithBody()])),
            // The backlog is for a burst of jobs: a Unix socket refuses what it cannot queue.
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socket), backlog: 4096),
            onServerRunning: { _ in Self.greet(Greeting(ready: true)) },
            eventLoopGroupProvider: .shared(executor.eventLoop),
            logger: logger)
        try await withTaskExecutorPreference(executor) { try await application.run() }
    }

    /// The events as lines. A parent that hangs up makes the next line fail, which ends the job.
    private func answer(_ job: TranscriptionJob) -> ResponseBody {
        ResponseBody { [pipeline] writer in
            let encoder = JSONEncoder()
            func write(_ lines: [WireLine]) async throws {
                var buffer = ByteBuffer()
                for line in lines {
                    buffer.writeBytes(try line.encoded(by: encoder))
                    buffer.writeStaticString("\n")
                }
                try await writer.write(buffer)
            }
            do {
                try await pipeline.run(job) { events in try await write(events.map(WireLine.init)) }
            } catch let error as TranscriptionError {
                if error.code == .recognitionFailed { Self.log(error.message) }
                try await write([WireLine(error)])
            }
            try await writer.finish(nil)
        }
    }

    /// A line in the log of the parent.
    private static func log(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
    }

    private static func greet(_ greeting: Greeting) {
        guard let line = try? JSONEncoder().encode(greeting) else { return }
        let lineEnd = Data("\n".utf8)  // also before: a library may have left a line unfinished
        try? FileHandle.standardOutput.write(contentsOf: lineEnd + line + lineEnd)
    }
}
