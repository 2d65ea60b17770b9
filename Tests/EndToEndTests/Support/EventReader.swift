import AsyncHTTPClient
import Foundation
import NIOCore

/// One event of a streamed transcription.
enum StreamEvent: Equatable, Sendable {
    case delta(String)
    case done(text: String, duration: Double, language: String)
    case error(code: String)
    case finished
}

extension [StreamEvent] {
    /// The text of all deltas together.
    var deltas: String {
        reduce(into: "") { text, event in
            if case .delta(let delta) = event { text += delta }
        }
    }

    /// The text of `done`, if it was received.
    var doneText: String? {
        for case .done(let text, _, _) in self { return text }
        return nil
    }
}

/// Reads server-sent events as they arrive.
struct EventReader: ~Copyable {
    struct Malformed: Error {
        let line: String
    }

    private var body: HTTPClientResponse.Body.AsyncIterator
    private var pending = ByteBuffer()
    /// All lines so far, unchanged.
    private(set) var raw = ""

    init(_ body: HTTPClientResponse.Body) {
        self.body = body.makeAsyncIterator()
    }

    /// The next event; `nil` at the end of the response.
    mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> StreamEvent? {
        while true {
            if let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending.readString(length: end - pending.readerIndex) ?? ""
                pending.moveReaderIndex(forwardBy: 1)
                raw += line + "\n"
                if let event = try Self.event(line) { return event }
            } else if var more = try await body.next(isolation: isolation) {
                pending.writeBuffer(&more)
            } else {
                return nil
            }
        }
    }

    /// All remaining events.
    mutating func rest(isolation: isolated (any Actor)? = #isolation) async throws -> [StreamEvent] {
        var events: [StreamEvent] = []
        while let event = try await next() { events.append(event) }
        return events
    }

    private struct Line: Decodable {
        var type: String?
        var delta: String?
        var text: String?
        var duration: Double?
        var language: String?
        var error: ErrorBody.Detail?
    }

    private static func event(_ line: String) throws -> StreamEvent? {
        guard !line.isEmpty, !line.hasPrefix(":"), !line.hasPrefix("event: ") else { return nil }
        guard line.hasPrefix("data: ") else { throw Malformed(line: line) }
        let data = line.dropFirst("data: ".count)
        if data == "[DONE]" { return .finished }
        let json = try JSONDecoder().decode(Line.self, from: Data(data.utf8))
        switch (json.type, json.delta, json.text, json.duration, json.language, json.error) {
        case ("transcript.text.delta", let delta?, nil, nil, nil, nil): return .delta(delta)
        case ("transcript.text.done", nil, let text?, let duration?, let language?, nil):
            return .done(text: text, duration: duration, language: language)
        case (nil, nil, nil, nil, nil, let error?): return .error(code: error.code ?? "")
        default: throw Malformed(line: line)
        }
    }
}
