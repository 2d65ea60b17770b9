import Essentials
import SpeechTypes

/// The field `chunking_strategy` in each form that clients send: the word `auto`, an object as JSON text, or an object
/// split into `chunking_strategy[type]` and so on.
struct ChunkingFields {
    /// The object's members as text.
    private let members: [String: String]

    private static let name = "chunking_strategy"
    /// The limit in milliseconds for silence and padding; a larger value is surely a mistake of units.
    private static let longest = 10_000.0

    /// Reads how a form wants its recording to be segmented.
    ///
    /// - Parameter form: Text fields by name.
    /// - Returns: `nil` if the form does not set it.
    /// - Throws: `APIError` naming the invalid member.
    static func strategy(in form: [String: [String]]) throws(APIError) -> ChunkingStrategy? {
        if let text = form[name]?.last, !text.isEmpty {
            return text == "auto" ? ChunkingStrategy() : try ChunkingFields(json: text).strategy()
        }
        var members: [String: String] = [:]
        for (field, values) in form where field.hasPrefix("\(name)[") && field.hasSuffix("]") {
            guard let value = values.last, !value.isEmpty else { continue }
            members[String(field.dropFirst(name.count + 1).dropLast())] = value
        }
        return members.isEmpty ? nil : try ChunkingFields(members: members).strategy()
    }

    private init(members: [String: String]) {
        self.members = members
    }

    private init(json: String) throws(APIError) {
        do {
            let object = try JSONDecoder().decode([String: Member?].self, from: Data(json.utf8))
            members = object.compactMapValues { $0?.text }
        } catch {
            throw .invalid(
                Self.name,
                "The \(Self.name) '\(json.prefix(100))' is neither auto nor a JSON object such as \(Self.example).")
        }
    }

    private func strategy() throws(APIError) -> ChunkingStrategy {
        guard members["type"] == "server_vad" else {
            let type = members["type"].map { "The type '\($0)'" } ?? "The missing type"
            throw .invalid(Self.name, "\(type) of \(Self.name) is not server_vad. Send auto or \(Self.example).")
        }
        let standard = ChunkingStrategy()
        return ChunkingStrategy(
            threshold: try number("threshold", upTo: 1) ?? standard.threshold,
            prefixPadding: try milliseconds("prefix_padding_ms") ?? standard.prefixPadding,
            silence: try milliseconds("silence_duration_ms") ?? standard.silence)
    }

    private static let example = #"{"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 500}"#

    private func milliseconds(_ member: String) throws(APIError) -> Duration? {
        try number(member, upTo: Self.longest).map { .milliseconds($0) }
    }

    private func number(_ member: String, upTo limit: Double) throws(APIError) -> Double? {
        guard let text = members[member] else { return nil }
        guard let number = Double(text), (0...limit).contains(number) else {
            throw .invalid(
                Self.name,
                "The \(member) '\(text)' of \(Self.name) is not a number from 0 to \(HumanFormat.number(limit))."
            )
        }
        return number
    }

    /// A number or a text; numbers are checked as text, like those of form fields.
    private struct Member: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = try (try? container.decode(Double.self)).map { "\($0)" } ?? container.decode(String.self)
        }
    }
}
