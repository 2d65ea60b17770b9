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

    /// The models to take first for a language; for `nil`, and for a language without a recommendation of its own, those
    /// that know many languages.
    package func recommendation(for language: Language?) -> Recommendation? {
        recommendations.first { $0.language == language } ?? recommendations.first { $0.language == nil }
    }
}

/// The models to take first for a language.
package struct Recommendation: Sendable, Equatable {
    /// `nil` for many languages.
    package let language: Language?
    package let slowMachine: Choice
    package let fastMachine: Choice

    package struct Choice: Sendable, Equatable {
        /// The name of an entry.
        package let name: String
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
        let slow = inside("slow_machine", orElse: "write a name: and a reason:") { $0.choice(among: models) }
        let fast = inside("fast_machine", orElse: "write a name: and a reason:") { $0.choice(among: models) }
        guard let slow, let fast else { return nil }
        return Recommendation(
            language: code == "many" ? nil : Language(code: code), slowMachine: slow, fastMachine: fast)
    }

    private mutating func choice(among models: Set<String>) -> Recommendation.Choice? {
        warn(ofKeysBut: ["name", "reason"])
        let name = parsed("name", orElse: "write name: and a model", { models.contains($0) ? $0 : nil }) {
            "'\($0)' is no model of the catalogue."
        }
        guard let name, let reason = nonemptyText("reason", orElse: "write reason: and why") else { return nil }
        return Recommendation.Choice(name: name, reason: reason)
    }
}
