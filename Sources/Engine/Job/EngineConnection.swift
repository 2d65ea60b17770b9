import AsyncHTTPClient
import EventLoops
import Foundation
import NIOCore
import NIOFoundationCompat
import Transcription

/// The way to one run of an engine: its socket.
struct EngineConnection: Sendable {
    /// Counts the runs of the model's engine.
    let run: Int
    /// Where its answers are read.
    let executor: EventLoopExecutor
    private let client: HTTPClient
    /// Where jobs go, and where it is asked what its lanes do.
    private let transcribe, status: String

    /// The engine went away without an answer.
    struct Lost: Error {}

    /// Longer than any job: the longest accepted recording at a tenth of real time, ten times over.
    private static let timeout = TimeAmount.hours(24 * 7)

    init(client: HTTPClient, executor: EventLoopExecutor, socket: String, run: Int) {
        self.client = client
        self.executor = executor
        self.run = run
        func url(_ path: String) -> String { URL(httpURLWithSocketPath: socket, uri: path)?.absoluteString ?? "" }
        transcribe = url("/transcribe")
        status = url("/status")
    }

    /// Gives the engine a job.
    ///
    /// - Returns: Its answer, line by line. Letting go of it hangs up, which ends the job.
    /// - Throws: `Lost` if there is nobody.
    func send(_ job: TranscriptionJob) async throws -> Answer {
        var request = HTTPClientRequest(url: transcribe)
        request.method = .POST
        request.body = .bytes(ByteBuffer(data: try JSONEncoder().encode(WireJob(job))))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: Self.timeout)
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw Lost()
        }
        guard response.status == .ok else { throw Lost() }
        return Answer(response.body)
    }

    /// Asks what the engine's lanes are doing.
    ///
    /// - Returns: `nil` if it does not say so in time.
    func load(within limit: TimeAmount) async -> LaneLoad? {
        do {
            let response = try await client.execute(HTTPClientRequest(url: status), timeout: limit)
            guard response.status == .ok else { return nil }
            return try JSONDecoder().decode(LaneLoad.self, from: await response.body.collect(upTo: 1 << 10))
        } catch {
            return nil
        }
    }

    /// The lines of an answer as they come. One that is read to its end leaves its connection to the next job.
    struct Answer {
        private var body: HTTPClientResponse.Body.AsyncIterator
        private var pending = ByteBuffer()

        init(_ body: HTTPClientResponse.Body) {
            self.body = body.makeAsyncIterator()
        }

        /// The next event.
        ///
        /// - Throws: `TranscriptionError` if the engine says so, `Lost` if it ended without `done`.
        nonisolated(nonsending) mutating func next() async throws -> TranscriptEvent {
            while true {
                if let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                    let length = end - pending.readerIndex
                    let line = pending.readSlice(length: length) ?? ByteBuffer()
                    pending.moveReaderIndex(forwardBy: 1)
                    pending.discardReadBytes()
                    return try JSONDecoder().decode(WireLine.self, from: line).event()
                }
                do {
                    guard var more = try await body.next(isolation: #isolation) else { throw Lost() }
                    pending.writeBuffer(&more)
                } catch let error as CancellationError {
                    throw error
                } catch {
                    try Task.checkCancellation()
                    throw Lost()
                }
            }
        }

        /// To be called after `done`: nothing but the end follows, and the engine sends it at once.
        nonisolated(nonsending) consuming func readToEnd() async {
            while let _ = try? await body.next(isolation: #isolation) {}
        }
    }
}
