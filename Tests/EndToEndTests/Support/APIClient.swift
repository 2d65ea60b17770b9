import AsyncHTTPClient
import Foundation
import NIOCore
import TestSupport

/// A server's complete response.
struct Answer: Sendable {
    var status: UInt
    /// By name in lower case.
    var headers: [String: String]
    var body: String

    /// The body, decoded.
    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.utf8))
    }

    /// The error in the body.
    var error: ErrorBody.Detail {
        get throws { try json(ErrorBody.self).error }
    }
}

/// `{"text": …}`.
struct TextBody: Decodable {
    var text: String
}

/// `{"error": …}`.
struct ErrorBody: Decodable {
    struct Detail: Decodable {
        var message: String
        var type: String
        var param: String?
        var code: String?
    }
    var error: Detail
}

/// A client for a server under test.
struct APIClient: Sendable {
    let url: String

    init(_ server: ServerProcess) {
        url = server.url
    }

    init(url: String) {
        self.url = url
    }

    /// A client of the server that the suite shares.
    static func shared() throws -> Self { Self(try ServerProcess.shared()) }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: Data? = nil
    ) async throws -> Answer {
        try await whole(method, path, headers: headers, body: body.map { .bytes(ByteBuffer(bytes: $0)) })
    }

    /// Starts uploading a form, and accepts a response that arrives before its end.
    func upload(_ chunks: AsyncStream<ByteBuffer>, length: Int?) async throws -> Answer {
        let body = HTTPClientRequest.Body.stream(chunks, length: length.map { .known(Int64($0)) } ?? .unknown)
        return try await whole(
            "POST", Self.transcriptions, headers: [("Content-Type", MultipartBody.contentType)], body: body)
    }

    private func whole(
        _ method: String, _ path: String, headers: [(String, String)], body: HTTPClientRequest.Body?
    ) async throws -> Answer {
        try await open(method, path, headers: headers, body: body) { response in
            Answer(
                status: response.status.code,
                headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" },
                body: String(buffer: try await response.body.collect(upTo: 1 << 24)))
        }
    }

    /// Sends a form to be transcribed.
    func transcribe(
        _ file: MultipartBody.Upload?, _ fields: KeyValuePairs<String, String>, fileFirst: Bool = false,
        headers: [(String, String)] = [], at path: String = transcriptions
    ) async throws -> Answer {
        try await send(MultipartBody(file: file, fields: fields, fileFirst: fileFirst), headers: headers, to: path)
    }

    /// Sends a form.
    func send(
        _ form: MultipartBody, headers: [(String, String)] = [], to path: String = transcriptions
    ) async throws -> Answer {
        try await send(
            "POST", path, headers: headers + [("Content-Type", MultipartBody.contentType)], body: form.data)
    }

    /// Sends a fixture to be transcribed.
    func transcribe(
        _ fixture: String, _ fields: KeyValuePairs<String, String>, fileFirst: Bool = false
    ) async throws -> Answer {
        try await transcribe(.init(path: Fixtures.audio(fixture)), fields, fileFirst: fileFirst)
    }

    /// Sends a fixture to be translated.
    func translate(_ fixture: String, _ fields: KeyValuePairs<String, String>) async throws -> Answer {
        try await transcribe(.init(path: Fixtures.audio(fixture)), fields, at: Self.translations)
    }

    /// Streams a transcription; releasing the events disconnects.
    func stream<R: Sendable>(
        _ file: MultipartBody.Upload, _ fields: KeyValuePairs<String, String>, headers: [(String, String)] = [],
        isolation: isolated (any Actor)? = #isolation, _ body: (inout EventReader) async throws -> R
    ) async throws -> R {
        let form = MultipartBody(file: file, fields: fields).data
        return try await open(
            "POST", Self.transcriptions, headers: [("Content-Type", MultipartBody.contentType)] + headers,
            body: .bytes(ByteBuffer(bytes: form))
        ) { response in
            guard response.status == .ok else {
                throw NeverHappened(String(buffer: try await response.body.collect(upTo: 1 << 20)))
            }
            var events = EventReader(response.body)
            return try await body(&events)
        }
    }

    /// Streams a transcription to its end.
    func stream(_ file: MultipartBody.Upload, _ fields: KeyValuePairs<String, String>) async throws -> [StreamEvent] {
        try await stream(file, fields) { try await $0.rest() }
    }

    /// Waits until the default model responds.
    func waitUntilHealthy() async throws {
        try await eventually("health says ok") { try await get("/health").body == #"{"status": "ok"}"# }
    }

    static let transcriptions = "/v1/audio/transcriptions"
    static let translations = "/v1/audio/translations"

    /// One socket per request: the shared client would delay the ninth.
    private static let http = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_000
        return HTTPClient(configuration: configuration)
    }()

    private func open<R: Sendable>(
        _ method: String, _ path: String, headers: [(String, String)], body: HTTPClientRequest.Body?,
        isolation: isolated (any Actor)? = #isolation, _ use: (HTTPClientResponse) async throws -> R
    ) async throws -> R {
        var request = HTTPClientRequest(url: url + path)
        request.method = .RAW(value: method)
        request.headers.add(contentsOf: headers)
        request.body = body
        return try await use(try await Self.http.execute(request, timeout: .minutes(10)))
    }
}
