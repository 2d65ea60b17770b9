import Essentials
import NIOCore
import SpeechTypes
import TranscriptFormats

/// Parses the body of a 200 response of any vendor's transcription server. Does no I/O. A body that cannot be parsed is
/// never taken for a transcript, nor for silence.
struct AnswerReader {
    enum Verdict: Equatable {
        /// The text, or the document in the requested format. Empty if nothing was said.
        case understood(String)
        /// Not the response of a transcription server; says what it is instead.
        case notUnderstood(String)
        /// The server reported an error; holds its reason.
        case failed(String)
        /// The stream ended early.
        case brokenOff
    }

    private let format: ResponseFormat
    private let contentType: String
    private var body = ByteBuffer()
    private var lines = EventLines()
    private var stream = StreamedTranscript()

    init(contentType: String?, format: ResponseFormat) {
        self.contentType = contentType?.lowercased() ?? ""
        self.format = format
    }

    mutating func take(_ bytes: ByteBuffer) -> [TranscriptionProgress] {
        guard isStream else {
            body.writeImmutableBuffer(bytes)
            return []
        }
        return lines.take(bytes).compactMap { stream.receive($0) }
    }

    /// Whether the rest of the response can be ignored.
    var hasEnded: Bool { stream.hasEnded }

    mutating func finish() -> Verdict {
        guard !isStream else { return streamVerdict() }
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            return .notUnderstood("bytes that are no text")
        }
        let start = text.trimmed
        if start.hasPrefix("data:") || start.hasPrefix("event:") {
            for line in lines.take(body) { _ = stream.receive(line) }
            return streamVerdict()
        }
        if start.isEmpty { return blank(text) }
        if start.hasPrefix("<") { return .notUnderstood("a web page") }
        if let json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)),
            contentType.contains("json") || !json.isBare
        {
            return verdict(on: json, text)
        }
        return start.hasPrefix("{") ? verdict(onLines: text) : plain(text)
    }

    private var isStream: Bool { contentType.hasPrefix("text/event-stream") }

    private mutating func streamVerdict() -> Verdict {
        for line in lines.finish() { _ = stream.receive(line) }
        return stream.verdict
    }

    /// An empty body is valid only in the one format in which it is a document without cues.
    private func blank(_ text: String) -> Verdict {
        switch format {
        case .srt where contentType.contains("subrip"): .understood("")
        case .text where !text.isEmpty && contentType.hasPrefix("text/"): .understood("")
        default: .notUnderstood("an empty answer")
        }
    }

    private func verdict(on json: JSONValue, _ text: String) -> Verdict {
        guard json.isObject else {
            if format == .text, let text = json.string { return .understood(text) }
            return .notUnderstood("JSON that is no transcript")
        }
        let transcript = json["text"]?.string ?? ""
        if transcript.isEmpty, let reason = ServerReason.find(in: json) { return .failed(reason) }
        guard json["text"]?.isTextOrNull == true else { return .notUnderstood("JSON without a text") }
        switch format {
        case .text: return .understood(transcript)
        case .json, .verboseJSON: return .understood(text)
        case .srt, .vtt: return .notUnderstood("JSON where \(format.rawValue) was asked for")
        }
    }

    /// Parses one object with a piece of the text per line, from servers that stream without events.
    private func verdict(onLines text: String) -> Verdict {
        var stream = StreamedTranscript()
        for line in text.split(whereSeparator: \.isNewline) { _ = stream.receive(.data(String(line))) }
        guard format == .text, case .understood(let text) = stream.verdict else {
            return .notUnderstood("JSON that is cut off or damaged")
        }
        return .understood(text)
    }

    private func plain(_ text: String) -> Verdict {
        let isText = contentType.isEmpty || contentType.hasPrefix("text/") || contentType.contains("subrip")
        guard isText, !text.unicodeScalars.contains("\0") else {
            return .notUnderstood("something that is no transcript")
        }
        switch format {
        case .text: return .understood(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        case .srt where text.contains("-->"): return .understood(text)
        case .vtt where text.drop(while: { $0 == "\u{FEFF}" }).hasPrefix("WEBVTT"): return .understood(text)
        default: return .notUnderstood("text where \(format.rawValue) was asked for")
        }
    }
}

extension JSONValue {
    /// Whether it is a number or a Boolean: a text of one such word looks the same.
    fileprivate var isBare: Bool {
        switch self {
        case .bool, .integer, .number: true
        case .null, .string, .array, .object: false
        }
    }

    fileprivate var isTextOrNull: Bool { string != nil || isNull }
}

/// A transcript that is streamed as events. Does no I/O. Four dialects are known: OpenAI's `transcript.text.delta` and
/// `.done`; the same with an empty `done` (llama.cpp, speaches); vLLM's `transcription.chunk`; and bare `{"text": …}`
/// (faster-whisper-server), which has no end marker.
private struct StreamedTranscript {
    private var text = ""
    /// The text of the last event, if there was one.
    private var done: String?
    private var failure: String?
    private var knownEvents = 0
    private var unknownEvents = 0
    /// Whether the dialect has an end marker, whether the marker was received, and whether a part was finished, which
    /// is enough if the stream ends without the marker.
    private var wantsEndMark = false
    private var hasEndMark = false
    private var hasFinishedPart = false

    var hasEnded: Bool { hasEndMark || failure != nil }

    mutating func receive(_ line: EventLines.Line) -> TranscriptionProgress? {
        switch line {
        case .comment(let words):
            // Sent by our own server: `heard 12.34`.
            guard words.hasPrefix("heard ") else { return nil }
            return Double(words.dropFirst("heard ".count)).map { .heard(.seconds(clamped: $0)) }
        case .data(let data):
            guard !hasEnded else { return nil }
            let delta = piece(of: data)
            text += delta
            return delta.isEmpty ? nil : .delta(delta)
        }
    }

    /// Processes an event; returns the text to append.
    private mutating func piece(of data: String) -> String {
        guard data != "[DONE]" else {
            hasEndMark = true
            return ""
        }
        let object = try? JSONDecoder().decode(JSONValue.self, from: Data(data.utf8))
        if let object, let piece = piece(of: object) {
            knownEvents += 1
            return piece
        }
        if let object, object["error"] != nil || object["type"]?.string == "error" {
            failure = ServerReason.find(in: object)
        }
        unknownEvents += 1
        return ""
    }

    /// Returns `nil` if the event belongs to no known dialect.
    private mutating func piece(of object: JSONValue) -> String? {
        switch object["type"]?.string ?? object["object"]?.string {
        case "transcript.text.delta":
            wantsEndMark = true
            return object["delta"]?.string
        case "transcript.text.done":
            guard object["text"]?.isTextOrNull != false else { return nil }
            done = object["text"]?.string ?? ""
            hasEndMark = true
            return ""
        case "transcription.chunk":
            wantsEndMark = true
            guard let choices = object["choices"]?.array, choices.allSatisfy(\.isObject) else { return nil }
            guard let choice = choices.first else { return "" }
            if choice["finish_reason"]?.string != nil { hasFinishedPart = true }
            return choice["delta"]?["content"]?.string ?? ""
        case nil:
            guard let piece = object["text"]?.string else { return nil }
            return Script.needsSpace(between: text, and: piece) && text.last?.isWhitespace == false
                && piece.first?.isWhitespace == false ? " " + piece : piece
        default: return nil
        }
    }

    var verdict: AnswerReader.Verdict {
        func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
        if let failure { return .failed(failure) }
        let isCut = unknownEvents > 0 || (wantsEndMark && !hasFinishedPart)
        if knownEvents > 0, !hasEndMark, isCut { return .brokenOff }
        if let done, !isBlank(done) { return .understood(done) }
        if !isBlank(text) { return .understood(text) }
        return knownEvents > 0 && unknownEvents == 0
            ? .understood("") : .notUnderstood("a stream of events that is unknown here")
    }
}

/// Parses server-sent events, however the bytes are split in transit (WHATWG HTML, 9.2.6). Does no I/O.
struct EventLines {
    private var rest: [UInt8] = []
    private var data: [String] = []

    enum Line: Equatable {
        case data(String)
        /// A comment, without the space after its colon.
        case comment(String)
    }

    /// Adds the next bytes; returns the lines that are complete now.
    mutating func take(_ bytes: ByteBuffer) -> [Line] {
        rest += bytes.readableBytesView
        var lines: [Line] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[..<end]
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            let text = String(decoding: line, as: UTF8.self)
            rest.removeFirst(end + 1)
            if text.isEmpty {
                if !data.isEmpty { lines.append(.data(data.joined(separator: "\n"))) }
                data = []
            } else if let value = Self.value(of: "data:", in: text) {
                data.append(value)
            } else if let comment = Self.value(of: ":", in: text) {
                lines.append(.comment(comment))
            }
        }
        return lines
    }

    /// Ends the stream: returns the data of an event that no empty line closed, as some servers leave their last one.
    mutating func finish() -> [Line] { take(ByteBuffer(string: "\n\n")) }

    private static func value(of field: String, in line: String) -> String? {
        guard line.hasPrefix(field) else { return nil }
        let value = line.dropFirst(field.count)
        return String(value.first == " " ? value.dropFirst() : value)
    }
}
