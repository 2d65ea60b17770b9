import Essentials
import SpeechTypes
import TranscriptFormats

/// The text fields of a form, with a method for each kind of value.
struct FormFields {
    private let values: [String: [String]]

    /// Whether the server reads a field of this name, as normalized by `FormReader`.
    static func knows(_ name: String) -> Bool {
        names.contains(name) || name.hasPrefix("chunking_strategy[")
    }

    private static let names: Set<String> = [
        "model", "response_format", "language", "languages", "prompt", "keywords", "temperature", "stream",
        "timestamp_granularities", "include", "chunking_strategy",
    ]

    init(_ values: [String: [String]]) { self.values = values }

    func without(_ names: [String]) -> Self { Self(values.filter { !names.contains($0.key) }) }

    /// The last value of a field; `nil` if it is missing or empty.
    func text(_ name: String) -> String? { values[name]?.last.flatMap { $0.isEmpty ? nil : $0 } }

    /// All values of a field that are not empty.
    func texts(_ name: String) -> [String] { (values[name] ?? []).filter { !$0.isEmpty } }

    func responseFormat() throws(APIError) -> ResponseFormat {
        guard let text = text("response_format") else { return .json }
        if let format = ResponseFormat(rawValue: text) { return format }
        let known = ResponseFormat.allCases.map(\.rawValue).joined(separator: ", ")
        let message = "The response_format '\(text)' is not one of \(known)."
        throw text == "diarized_json" ? .unsupported("response_format", message) : .invalid("response_format", message)
    }

    func language() throws(APIError) -> Language? {
        guard let text = text("language") else { return nil }
        return try language(text, in: "language")
    }

    func languages() throws(APIError) -> [Language] {
        var languages: [Language] = []
        for text in values["languages"] ?? [] {
            if let language = try language(text, in: "languages") { languages.append(language) }
        }
        return languages
    }

    private func language(_ text: String, in name: String) throws(APIError) -> Language? {
        do throws(MalformedLanguage) {
            return try Language(parsing: text)
        } catch {
            throw .invalid(name, "The language '\(text.prefix(100))' is not a code such as en, zh or yue.")
        }
    }

    func hints() throws(APIError) -> Hints {
        let prompt = text("prompt") ?? ""
        guard prompt.count <= Self.longestPrompt else {
            throw .invalid(
                "prompt",
                "The prompt has \(prompt.count) characters; send at most \(Self.longestPrompt), those that matter most."
            )
        }
        let keywords = texts("keywords")
        guard keywords.count <= Self.mostKeywords else {
            throw .invalid("keywords", "There are \(keywords.count) keywords; send at most \(Self.mostKeywords).")
        }
        if let keyword = keywords.first(where: { $0.count > Self.longestKeyword }) {
            throw .invalid(
                "keywords",
                "The keyword '\(keyword.prefix(40))…' has \(keyword.count) characters; send words of at most "
                    + "\(Self.longestKeyword).")
        }
        return Hints(prompt: prompt, keywords: keywords)
    }

    /// Far more than any model reads: the longest prompt that Whisper reads has about 1000 characters.
    static let longestPrompt = 10_000
    /// Fewer than a form may have parts.
    static let mostKeywords = 500
    /// In characters; longer than any name.
    static let longestKeyword = 200

    func temperature() throws(APIError) -> Double {
        guard let text = text("temperature") else { return 0 }
        guard let number = Double(text), (0...1).contains(number) else {
            throw .invalid("temperature", "The temperature '\(text)' is not a number from 0 to 1.")
        }
        return number
    }

    func flag(_ name: String) throws(APIError) -> Bool {
        switch text(name)?.lowercased() {
        case nil, "false", "0", "no", "n", "off": false
        case "true", "1", "yes", "y", "on": true
        case let text?: throw .invalid(name, "The value '\(text)' of \(name) is not true or false.")
        }
    }

    func timestamps() throws(APIError) -> Set<TimestampGranularity> {
        var timestamps: Set<TimestampGranularity> = []
        for word in texts("timestamp_granularities") {
            guard let granularity = TimestampGranularity(rawValue: word) else {
                throw .invalid("timestamp_granularities", "'\(word)' is not 'segment' or 'word'.")
            }
            timestamps.insert(granularity)
        }
        return timestamps.isEmpty ? [.segment] : timestamps
    }

    func inclusions() throws(APIError) -> Set<Inclusion> {
        var inclusions: Set<Inclusion> = []
        for word in texts("include") {
            guard let inclusion = Inclusion(rawValue: word) else {
                throw .unsupported(
                    "include", "'\(word.prefix(100))' cannot be included; send 'logprobs', or leave the field out.")
            }
            inclusions.insert(inclusion)
        }
        return inclusions
    }
}

/// `chunking_strategy` in each form that clients send: the word `auto`, an object as JSON text, or an object split into
/// `chunking_strategy[type]` and so on.
extension FormFields {
    private static let chunking = "chunking_strategy"
    private static let chunkingExample = #"{"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 500}"#
    /// The limit in milliseconds for silence and padding; a larger value is surely a mistake of units.
    private static let longestPause = 10_000.0

    func chunkingStrategy() throws(APIError) -> ChunkingStrategy? {
        let standard = ChunkingStrategy()
        if text(Self.chunking) == "auto" { return standard }
        guard let members = try chunkingMembers() else { return nil }
        guard members["type"] == "server_vad" else {
            let type = members["type"].map { "The type '\($0)'" } ?? "The missing type"
            throw .invalid(
                Self.chunking, "\(type) of \(Self.chunking) is not server_vad. Send auto or \(Self.chunkingExample).")
        }
        func number(_ member: String, upTo limit: Double) throws(APIError) -> Double? {
            guard let text = members[member] else { return nil }
            guard let number = Double(text), (0...limit).contains(number) else {
                throw .invalid(
                    Self.chunking,
                    "The \(member) '\(text)' of \(Self.chunking) is not a number from 0 to"
                        + " \(HumanFormat.number(limit))."
                )
            }
            return number
        }
        return ChunkingStrategy(
            threshold: try number("threshold", upTo: 1) ?? standard.threshold,
            prefixPadding: try number("prefix_padding_ms", upTo: Self.longestPause).map { .milliseconds($0) }
                ?? standard.prefixPadding,
            silence: try number("silence_duration_ms", upTo: Self.longestPause).map { .milliseconds($0) }
                ?? standard.silence)
    }

    /// The object's members as text; `nil` if there is no object.
    private func chunkingMembers() throws(APIError) -> [String: String]? {
        guard let json = text(Self.chunking) else {
            var members: [String: String] = [:]
            for field in values.keys where field.hasPrefix("\(Self.chunking)[") && field.hasSuffix("]") {
                members[String(field.dropFirst(Self.chunking.count + 1).dropLast())] = text(field)
            }
            return members.isEmpty ? nil : members
        }
        do {
            return try JSONDecoder().decode([String: Member?].self, from: Data(json.utf8)).compactMapValues { $0?.text }
        } catch {
            throw .invalid(
                Self.chunking,
                "The \(Self.chunking) '\(json.prefix(100))' is neither auto nor a JSON object such as"
                    + " \(Self.chunkingExample).")
        }
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
