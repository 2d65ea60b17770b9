import AsyncHTTPClient
import Essentials
package import ModelStore
package import NIOCore
import TranscriptFormats

/// The answer of a server, status 200, whose body is still on its way. The server counts as busy with the request as long
/// as this exists.
package final class UpstreamAnswer: Sendable {
    package let server: UpstreamServer
    package let asked: UpstreamRequest.Asked
    /// The server's id of the request, if it is fit for a log line and does not have the key in it.
    package let requestID: String?
    /// The type of the body, without parameters: `application/json`.
    package let mediaType: String
    private let response: HTTPClientResponse
    private let lease: UpstreamLease
    /// What must not come back in an answer.
    private let key: [UInt8]?

    /// The most bytes of an answer: that for a day of speech, with words and tokens, is smaller.
    static let longest = 16 << 20
    /// The most bytes of one event: the last one of a long recording has all segments.
    static let longestEvent = 4 << 20

    init(_ response: HTTPClientResponse, to asked: UpstreamRequest.Asked, lease: UpstreamLease, key: String?) {
        self.response = response
        self.asked = asked
        self.lease = lease
        let key = key.map { Array($0.utf8) }
        self.key = key
        server = lease.server
        requestID = response.headers.first(name: "x-request-id").flatMap { id in
            let isFit = (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return isFit && key?.isContained(in: id.utf8) != true ? id : nil
        }
        mediaType =
            response.headers.first(name: "content-type")?.prefix { $0 != ";" }.lowercased().trimmed ?? ""
    }

    package var isStream: Bool { mediaType == "text/event-stream" }

    /// Reads the whole body, and checks that it can be what was asked for.
    ///
    /// - Throws: `UpstreamError`, or `CancellationError`.
    package func whole() async throws -> ByteBuffer {
        let body = try await reading { () async throws -> ByteBuffer in
            var body = ByteBuffer()
            for try await piece in response.body {
                guard body.readableBytes + piece.readableBytes <= Self.longest else {
                    throw failure("sent an answer of more than \(HumanFormat.bytes(Int64(Self.longest))).")
                }
                body.writeImmutableBuffer(piece)
            }
            return body
        }
        try check(body.readableBytesView)
        guard Self.mediaTypes(of: asked.format).contains(mediaType) else {
            throw failure("answered with something that is no \(asked.format.rawValue). Check url in models.yaml.")
        }
        guard String(validating: body.readableBytesView, as: UTF8.self) != nil else {
            throw failure("answered with bytes that are no text.")
        }
        lease.end(.answered)
        return body
    }

    /// The error for an answer without a transcript.
    package func noTranscript() -> UpstreamError { failure("answered with JSON that is no transcript.") }

    /// The types that servers give to a format.
    private static func mediaTypes(of format: ResponseFormat) -> Set<String> {
        switch format {
        case .json, .verboseJSON: ["application/json"]
        case .text: ["text/plain", "application/json"]
        case .srt: ["application/x-subrip", "text/srt", "text/plain"]
        case .vtt: ["text/vtt", "text/plain"]
        }
    }

    /// The body's events, translated; read once.
    package func makeEvents() -> EventReader { EventReader(self, response.body.makeAsyncIterator()) }

    /// Reads the events of an answer, one after the other.
    package struct EventReader {
        private let answer: UpstreamAnswer
        private var body: HTTPClientResponse.Body.AsyncIterator
        private var parser = EventParser(
            longestLine: UpstreamAnswer.longestEvent, longestStream: 2 * UpstreamAnswer.longest)
        private var translation = StreamTranslation()
        private var waiting: [UpstreamEvent] = []
        private var hasEnded = false

        init(_ answer: UpstreamAnswer, _ body: HTTPClientResponse.Body.AsyncIterator) {
            self.answer = answer
            self.body = body
        }

        /// The length of the recording, once it is known.
        package var duration: Duration? { translation.duration }

        /// The next event; `nil` after the last. Throws `UpstreamError` or `CancellationError`.
        package mutating func next(isolation: isolated any Actor) async throws -> UpstreamEvent? {
            while waiting.isEmpty, !hasEnded {
                let answer = answer
                do {
                    if let piece = try await body.next(isolation: isolation) {
                        for data in try parser.take(piece.readableBytesView) { try receive(data) }
                    } else {
                        hasEnded = true
                        for data in try parser.finish() { try receive(data) }
                        waiting += translation.end()
                    }
                } catch let excess as EventParser.Excess {
                    throw answer.failure(
                        excess == .line ? "sent an event without end." : "sent a stream without end.")
                } catch {
                    throw try answer.failure(of: error)
                }
                if translation.hasEnded { hasEnded = true }
            }
            guard !waiting.isEmpty else { return nil }
            let event = waiting.removeFirst()
            switch event {
            case .finished: answer.lease.end(.answered)
            case .failed(let reason):
                // Once more: it is not what was checked, but made of it.
                if let reason { try answer.check(reason.utf8) }
                throw answer.failure(
                    reason.map { "failed. \(ServerReason.asSentence($0))" } ?? "failed without a reason.")
            case .relayed, .delta, .done: break
            }
            return event
        }

        private mutating func receive(_ data: String) throws {
            try answer.check(data.utf8)
            waiting += translation.receive(data)
        }
    }

    /// Refuses a body that has the server's key, as of a server that echoes requests.
    private func check(_ body: some Collection<UInt8>) throws {
        guard let key, key.isContained(in: body) else { return }
        throw failure("sent its key back, so its answer is not passed on.")
    }

    private func reading<R>(_ read: () async throws -> R) async throws -> R {
        do {
            return try await read()
        } catch {
            throw try failure(of: error)
        }
    }

    /// What a failure within the answer means; throws if the client has left.
    private func failure(of error: any Error) throws -> UpstreamError {
        if let error = error as? UpstreamError { return error }
        try Task.checkCancellation()
        if error is CancellationError { throw error }
        guard (error as? HTTPClientError) != .readTimeout else {
            lease.end(.timedOut)
            return UpstreamError(.timedOut, "\(server.address) stopped in the middle of its answer.")
        }
        return failure("broke off in the middle of its answer.")
    }

    private func failure(_ words: String) -> UpstreamError {
        lease.end(.failed)
        return UpstreamError(.failed, "\(server.address) \(words)")
    }
}
