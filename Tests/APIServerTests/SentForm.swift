import Foundation
import Hummingbird
import NIOCore
import SpeechTypes
import TestSupport

@testable import APIServer

/// A form that is sent to the server.
struct SentForm {
    /// One part of it.
    struct Part {
        let name: String
        var filename: String?
        let content: String
    }

    var parts: [Part]
    /// The number of bytes that arrive at once.
    var chunk = 1 << 16
    var contentType = "multipart/form-data; boundary=b"
    /// The end of the body.
    var end = "--b--\r\n"

    /// A form with a small file, a model, and these fields.
    init(_ fields: [(String, String)] = [], file: String? = "RIFF", model: String? = "m") {
        parts = fields.map { Part(name: $0.0, content: $0.1) }
        if let model { parts.append(Part(name: "model", content: model)) }
        if let file { parts.append(Part(name: "file", filename: "a.wav", content: file)) }
    }

    private var body: String {
        let parts = parts.map { part in
            let filename = part.filename.map { "; filename=\"\($0)\"" } ?? ""
            return "--b\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(filename)\r\n\r\n\(part.content)\r\n"
        }
        return parts.joined() + end
    }

    private var request: Request {
        let bytes = Array(body.utf8)
        let chunks = stride(from: 0, to: bytes.count, by: chunk).map { start in
            ByteBuffer(bytes: bytes[start..<min(start + chunk, bytes.count)])
        }
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .unbounded)
        for chunk in chunks { continuation.yield(chunk) }
        continuation.finish()
        return Request(
            head: HTTPRequest(
                method: .post, scheme: nil, authority: nil, path: "/", headerFields: [.contentType: contentType]),
            body: RequestBody(asyncSequence: stream))
    }

    /// Parses the form as the server does.
    func received(
        in folder: TemporaryFolder, maximumUpload: Int = 1 << 20, task: SpeechTask? = nil,
        without foreign: [String] = []
    ) async throws -> TranscriptionForm {
        let reader = FormReader(
            spool: UploadSpool(directory: folder.path, maximum: 2, metrics: ServerMetrics(version: "0")),
            maximumUpload: maximumUpload)
        return try await TranscriptionForm(reader.read(request, from: UploadingClient()), task: task, without: foreign)
    }

    /// Parses the form as the server does; the spooled file is already deleted.
    func received(task: SpeechTask? = nil, without foreign: [String] = []) async throws -> TranscriptionForm {
        try await received(in: TemporaryFolder(), task: task, without: foreign)
    }

    /// The server's error if it rejects the form; `nil` if it accepts it.
    func refusal(maximumUpload: Int = 1 << 20) async throws -> APIError? {
        do {
            _ = try await received(in: TemporaryFolder(), maximumUpload: maximumUpload)
            return nil
        } catch {
            guard let answer = APIError(error) else { throw error }
            return answer
        }
    }
}
