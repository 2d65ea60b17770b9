import Foundation
import Hummingbird
import NIOCore
import SpeechTypes
import TestSupport

@testable import APIServer

/// A form on its way to the server.
struct SentForm {
    /// One part of it.
    struct Part {
        let name: String
        var filename: String?
        let content: String
    }

    var parts: [Part]
    /// How many bytes arrive at once.
    var chunk = 1 << 16
    var contentType = "multipart/form-data; boundary=b"
    /// What the body ends with.
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

    /// What the server reads.
    func received(
        in folder: TemporaryFolder, maximumUpload: Int = 1 << 20, task: SpeechTask? = nil,
        without foreign: [String] = []
    ) async throws -> TranscriptionForm {
        let reader = FormReader(
            spool: UploadSpool(directory: folder.path, maximum: 2, metrics: ServerReports(version: "0").metrics),
            maximumUpload: maximumUpload)
        return try await TranscriptionForm(reader.read(request, from: UploadingClient()), task: task, without: foreign)
    }

    /// What the server reads; the file it was spooled to is gone already.
    func received(task: SpeechTask? = nil, without foreign: [String] = []) async throws -> TranscriptionForm {
        try await received(in: TemporaryFolder(), task: task, without: foreign)
    }

    /// What the server answers to a form that it refuses; `nil` if it takes the form.
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
