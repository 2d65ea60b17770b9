import CEmbedded
package import SpeechTypes

/// Models that can be downloaded, and which of them to take first.
package struct Catalogue: Sendable {
    /// By type and name.
    package let entries: [CatalogueEntry]
    package let recommendations: [Recommendation]
    /// What could not be read. There is none in the built-in catalogue.
    package let mistakes: [FieldReader.Mistake]

    /// The program's own catalogue, `catalogue.yaml`. It is parsed when it is first used.
    package static let builtIn = Self(
        yaml: String(
            decoding: UnsafeBufferPointer(start: cembedded_catalogue().bytes, count: cembedded_catalogue().count),
            as: UTF8.self))

    package func entry(named name: String) -> CatalogueEntry? {
        entries.first { $0.name == name }
    }

    /// The models to take first for a language; `nil` stands for many languages.
    ///
    /// - Returns: For a language without a recommendation of its own, the models for many languages if both know it, or
    ///   else `nil`.
    package func recommendation(for language: Language?) -> Recommendation? {
        if let own = recommendations.first(where: { $0.language == language }) { return own }
        let many = recommendations.first { $0.language == nil }
        let knowsLanguage = many?.choices.allSatisfy { choice in
            entry(named: choice.model)?.languages.contains { $0 == language } ?? false
        }
        return knowsLanguage == true ? many : nil
    }
}

/// The models to take first for a language.
package struct Recommendation: Sendable, Equatable {
    /// `nil` for many languages.
    package let language: Language?
    package let slowMachine: Choice
    package let fastMachine: Choice

    package var choices: [Choice] { [slowMachine, fastMachine] }

    package enum Machine: String, Sendable {
        case slow, fast
    }

    package struct Choice: Sendable, Equatable {
        package let machine: Machine
        /// The name of an entry.
        package let model: String
        /// Documented facts only.
        package let reason: String
    }
}

extension Catalogue {
    /// Reads a catalogue. Entries and recommendations with mistakes are left out.
    init(yaml: String) {
        let root: YAMLNode?
        do throws(YAMLError) {
            root = try YAMLNode.compose(yaml)
        } catch {
            let mistake = FieldReader.Mistake(line: error.line ?? 1, severity: .error, message: error.description)
            (entries, recommendations, mistakes) = ([], [], [mistake])
            return
        }
        guard case .mapping(let mapping) = root else {
            let mistake = FieldReader.Mistake(
                line: 1, severity: .error, message: "The file is no mapping; write recommendations: and models:.")
            (entries, recommendations, mistakes) = ([], [], [mistake])
            return
        }
        var fields = FieldReader(mapping)
        fields.warn(ofKeysBut: ["recommendations", "models"])
        entries = fields.each("models") { $0.catalogueEntry(named: $1) }
        let names = Set(entries.map(\.name))
        recommendations = fields.each("recommendations") { $0.recommendation(for: $1, among: names) }
        mistakes = fields.mistakes
    }
}

extension FieldReader {
    /// Reads each mapping in the mapping at a key, by its name. All mistakes are noted here.
    fileprivate mutating func each<Value>(
        _ key: String, _ read: (inout FieldReader, _ name: String) -> Value?
    ) -> [Value] {
        inside(key, orElse: "write \(key): and an entry below it") { fields in
            fields.names().compactMap { name, _ in
                fields.inside(name, orElse: "write its keys below it") { read(&$0, name) }
            }
        } ?? []
    }

    /// The recommendation under the code of a language, or under `many`.
    fileprivate mutating func recommendation(for code: String, among models: Set<String>) -> Recommendation? {
        warn(ofKeysBut: ["slow_machine", "fast_machine"])
        let slow = choice("slow_machine", for: .slow, among: models)
        let fast = choice("fast_machine", for: .fast, among: models)
        guard let slow, let fast else { return nil }
        return Recommendation(
            language: code == "many" ? nil : Language(code: code), slowMachine: slow, fastMachine: fast)
    }

    private mutating func choice(
        _ key: String, for machine: Recommendation.Machine, among models: Set<String>
    ) -> Recommendation.Choice? {
        inside(key, orElse: "write a model: and a reason:") { fields in
            fields.warn(ofKeysBut: ["model", "reason"])
            let model = fields.parsed(
                "model", orElse: "write model: and its name", { models.contains($0) ? $0 : nil }
            ) { "'\($0)' is no model of the catalogue." }
            let reason = fields.nonemptyText("reason", orElse: "write reason: and why")
            guard let model, let reason else { return nil }
            return Recommendation.Choice(machine: machine, model: model, reason: reason)
        }
    }
}
