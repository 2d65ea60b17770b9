import ArgumentParser
import Essentials
import ModelStore
import SpeechTypes
import TranscriptFormats

/// `asr2clip models recommend`.
struct RecommendModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommend", abstract: "Say which model to take first.",
        discussion: """
            For each language there is a model for slow machines and one for fast ones. They are chosen by documented \
            facts, not by measurements; asr2clip models search lists the others.

            Try it:
              asr2clip models recommend german
            """)

    @Argument(help: "A language: a code or an English name. Without it, all recommendations are listed.")
    var language: String?
    @Flag(help: "Write JSON to standard output.") var json = false

    func validate() throws { _ = try language.map { try Language(argument: $0) } }

    func run() async throws {
        let catalogue = Catalogue.builtIn
        let language = try language.map { try Language(argument: $0) }
        let found = language.map { catalogue.recommendation(for: $0).map { [$0] } ?? [] } ?? catalogue.recommendations
        let choices = found.flatMap { recommendation in
            recommendation.choices.compactMap { choice in
                catalogue.entry(named: choice.model).map { Row(recommendation, choice, $0) }
            }
        }
        if json { try StandardOutput.print(JSONValue.array(choices.map(\.json)).text) }
        if let language, choices.isEmpty {
            StandardError.report(
                "There is no recommendation for \(language.shownName). See what knows it: asr2clip models search "
                    + "\(language)")
            throw ExitCode.failure
        }
        guard !json else { return }
        var table = Table("LANGUAGE", "MACHINE", "NAME", "SIZE", "LICENCE", "SPEED", "WHY")
        for row in choices {
            table.add(
                row.language?.shownName ?? "many", row.machine, row.entry.name, row.entry.shownSize,
                row.entry.licence ?? "unknown", row.entry.speed.rawValue, row.reason)
        }
        try StandardOutput.print(table.text)
    }

    private struct Row {
        let language: Language?
        let machine: String
        let entry: CatalogueEntry
        let reason: String

        init(_ recommendation: Recommendation, _ choice: Recommendation.Choice, _ entry: CatalogueEntry) {
            language = recommendation.language
            machine = choice.machine.rawValue
            self.entry = entry
            reason = choice.reason
        }

        var json: JSONValue {
            [
                "language": JSONValue(language?.code), "machine": .string(machine), "name": .string(entry.name),
                "display_size_bytes": entry.displaySize.map { .integer(Int($0)) } ?? nil,
                "licence": .string(entry.licence ?? "unknown"), "speed": .string(entry.speed.rawValue),
                "reason": .string(reason),
            ]
        }
    }
}

extension Language {
    /// Its English name, or else its code.
    var shownName: String { englishName ?? code }
}
