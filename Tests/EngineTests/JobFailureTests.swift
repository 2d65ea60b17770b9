import Foundation
import Logging
import ModelFamilies
import NIOCore
import NIOHTTP1
import NIOPosix
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// Jobs that an engine refuses, or that do not reach it: each fails alone, and no process is ended for it.
@Suite(.serialized)
struct JobFailureTests {
    private let folder: TemporaryFolder
    private let model = ModelSpecification.fixture(.paraformer)
    private static let done = #"{"done": {"seconds": 1, "damaged_packets": 0, "unused_hints": []}}"#

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Lends a pool whose engine is a shell that says it is ready. The test listens in its place.
    private func withPool(
        _ script: String = "exec cat", logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: (EnginePool) async throws -> Void
    ) async throws {
        let engine = try folder.write(Data("#!/bin/sh\necho '{\"ready\": true}'\n\(script)\n".utf8), to: "engine")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: engine)
        let pool = EnginePool(
            EnginePool.Configuration(
                executable: engine, directory: folder.path, runtimeSettings: "", loadWait: .seconds(60),
                detectorModel: nil),
            serving: ServedModels(models: [model], stayingLoaded: nil, threads: 1, keepAlive: nil, maximumLoaded: 1),
            logger: logger)
        try await pool.load(model)
        do { try await body(pool) } catch {
            await pool.shutDown()
            throw error
        }
        await pool.shutDown()
    }

    private var job: TranscriptionJob {
        TranscriptionJob(path: "/nowhere", fileName: "a.wav", language: nil, maximumDuration: .seconds(1))
    }

    private func run(_ pool: EnginePool) async throws {
        for try await _ in await pool.transcribe(job, with: model) {}
    }

    private func process(_ pool: EnginePool) async throws -> Int32 {
        try #require(await pool.reports().first?.process)
    }

    /// Where the first engine of a pool listens.
    private var socket: String { folder.file("1.sock") }

    @Test(arguments: [HTTPResponseStatus.badRequest, .payloadTooLarge, .internalServerError, .serviceUnavailable])
    func aRefusalFailsItsJobAlone(status: HTTPResponseStatus) async throws {
        let answers = Answers([(status, "no room here"), (.ok, Self.done)])
        try await withPool { pool in
            let listener = try await answers.listen(on: socket)
            let engine = try await process(pool)
            let error = await #expect(throws: EngineError.self) { try await run(pool) }
            #expect(error?.code == .jobFailed)
            #expect(error?.message.contains("\(status.code) no room here") == true)
            try await run(pool)
            #expect(try await process(pool) == engine)
            try await listener.close()
        }
    }

    /// The process goes on, so nobody may say that it crashed.
    @Test func aConnectionThatEndsWithoutAnAnswerFailsItsJobAlone() async throws {
        let answers = Answers([nil, (.ok, Self.done)])
        try await withPool { pool in
            let listener = try await answers.listen(on: socket)
            let engine = try await process(pool)
            let error = await #expect(throws: EngineError.self) { try await run(pool) }
            #expect(error?.code == .jobFailed)
            try await run(pool)
            #expect(try await process(pool) == engine)
            try await listener.close()
        }
    }

    @Test func aLineThatNoEngineWritesFailsItsJobAlone() async throws {
        let answers = Answers([(.ok, "{}"), (.ok, Self.done)])
        try await withPool { pool in
            let listener = try await answers.listen(on: socket)
            let engine = try await process(pool)
            await #expect(throws: MalformedLine.self) { try await run(pool) }
            try await run(pool)
            #expect(try await process(pool) == engine)
            try await listener.close()
        }
    }

    /// Lines without end, and a line without end: the log gets some of them, and jobs go on.
    @Test(arguments: ["exec yes >&2", "exec yes", "exec cat /dev/zero >&2", "exec cat /dev/zero"])
    func anEngineThatWritesWithoutEndHoldsUpNobody(script: String) async throws {
        let lines = LineCount()
        let answers = Answers(Array(repeating: (.ok, Self.done), count: 20))
        try await withPool(script, logger: Logger(label: "test") { _ in lines }) { pool in
            let listener = try await answers.listen(on: socket)
            let before = ProcessMemory.resident(of: getpid()) ?? 0
            let start = ContinuousClock.now
            for _ in 0..<20 {
                try await run(pool)
                try await Task.sleep(for: .milliseconds(50))
            }
            let time = start.duration(to: .now) / LineBudget.interval
            #expect(lines.count <= LineBudget.burst * 2 + 2 * Int(time))
            #expect((ProcessMemory.resident(of: getpid()) ?? 0) - before < 64 << 20)
            try await listener.close()
        }
    }

    /// As when too many jobs come at once: the system queues no further connection (EAGAIN, connect(2)).
    @Test func aQueueOfConnectionsThatIsFullFailsAJobForNowAndKillsNobody() async throws {
        try await withPool { pool in
            let listener = try FullListener(on: socket)
            let engine = try await process(pool)
            let error = await #expect(throws: EngineError.self) { try await run(pool) }
            #expect(error?.code == .overloaded)
            #expect(try await process(pool) == engine)
            listener.close()
            try FileManager.default.removeItem(atPath: socket)
            let answering = try await Answers([(.ok, Self.done)]).listen(on: socket)
            try await run(pool)
            #expect(try await process(pool) == engine)
            try await answering.close()
        }
    }
}

/// Counts the lines of a log.
private struct LineCount: LogHandler {
    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    private let counter = Counter()
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var count: Int { counter.value.load(ordering: .relaxed) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        counter.value.add(1, ordering: .relaxed)
    }
}

/// Answers one request after the other on a Unix socket, as told; `nil` hangs up.
private final class Answers: Sendable {
    private let answers: Mutex<[(HTTPResponseStatus, String)?]>

    init(_ answers: [(HTTPResponseStatus, String)?]) {
        self.answers = Mutex(answers)
    }

    func listen(on socket: String) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(unixDomainSocketPath: socket).get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answers: Answers

        init(_ answers: Answers) {
            self.answers = answers
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            guard let (status, text) = answers.answers.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                return context.close(promise: nil)
            }
            let body = ByteBuffer(string: text + "\n")
            let head = HTTPResponseHead(
                version: .http1_1, status: status, headers: ["content-length": "\(body.readableBytes)"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

/// A listener that accepts nobody, and whose queue is full.
private final class FullListener: Sendable {
    private let descriptors: [Int32]

    init(on path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        func withAddress(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        func makeSocket() -> Int32 {
            #if os(Linux)
                let kind = Int32(SOCK_STREAM.rawValue)
            #else
                let kind = SOCK_STREAM
            #endif
            let socket = socket(AF_UNIX, kind, 0)
            _ = fcntl(socket, F_SETFL, O_NONBLOCK)
            return socket
        }
        let listener = makeSocket()
        var descriptors = [listener]
        guard withAddress({ bind(listener, $0, $1) }) == 0, Foundation.listen(listener, 0) == 0 else {
            throw NeverHappened("\(path) cannot be listened on: \(String(cString: strerror(errno)))")
        }
        repeat {
            descriptors.append(makeSocket())
        } while withAddress { connect(descriptors[descriptors.count - 1], $0, $1) } == 0
        self.descriptors = descriptors
    }

    func close() {
        for descriptor in descriptors { Foundation.close(descriptor) }
    }
}
