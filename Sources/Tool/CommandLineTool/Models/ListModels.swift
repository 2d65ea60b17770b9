import ArgumentParser
import Essentials
import ModelStore
import TranscriptFormats

/// `asr2clip models list`, or `asr2clip models`.
struct ListModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the registered models.")

    private static let shownLanguages = 6

    @OptionGroup var options: ModelsOptions

    func run() async throws {
        let models = try options.models()
        try StandardOutput.print(options.json ? await json(of: models).text : await table(of: models))
        for (name, mistakes) in models.unusable {
            StandardError.report("The entry of '\(name)' cannot be used. \(mistakes[0])")
        }
    }

    private func table(of models: RegisteredModels) async -> String {
        var table = Table("NAME", "TYPE", "LANGUAGES", "SIZE", "STATUS")
        func shown(_ name: String) -> String { name + (models.isDefault(name) ? " (default)" : "") }
        for entry in models.registry.entries {
            let size = models.store.sizeOnDisk(of: entry)
            table.add(
                shown(entry.name), entry.family.rawValue, languages(of: entry),
                size > 0 ? HumanFormat.bytes(size) : "", await models.store.status(of: entry).shown)
        }
        for entry in models.registry.upstreams {
            let languages = Self.shown(entry.declared.languages?.map(\.code) ?? [])
            table.add(shown(entry.name), UpstreamEntry.type, languages, "", entry.shownStatus)
        }
        for (name, _) in models.unusable { table.add(shown(name), "", "", "", "unusable") }
        return table.text
    }

    private func languages(of entry: ModelEntry) -> String {
        Self.shown(entry.specification.languages.map(\.code))
    }

    private static func shown(_ codes: [String]) -> String {
        let shown = codes.prefix(shownLanguages).joined(separator: ", ")
        return codes.count > shownLanguages ? "\(shown) and \(codes.count - shownLanguages) more" : shown
    }

    private func json(of models: RegisteredModels) async -> JSONValue {
        var values: [JSONValue] = []
        for entry in models.registry.entries {
            let status = await models.store.status(of: entry)
            values.append([
                "name": .string(entry.name), "type": .string(entry.family.rawValue),
                "languages": .array(entry.specification.languages.map { .string($0.code) }),
                "size_bytes": .integer(Int(models.store.sizeOnDisk(of: entry))),
                "status": .string(status.word), "download_percent": status.percent.map(JSONValue.integer) ?? nil,
                "default": .bool(models.isDefault(entry.name)),
                "aliases": .array(models.aliases(of: entry.name).map(JSONValue.string)),
            ])
        }
        for entry in models.registry.upstreams { values.append(entry.json(models)) }
        for (name, mistakes) in models.unusable {
            let problems = mistakes.map { problem -> JSONValue in
                ["file": .string(problem.file), "line": .integer(problem.line), "message": .string(problem.message)]
            }
            values.append([
                "name": .string(name), "status": "unusable", "default": .bool(models.isDefault(name)),
                "problems": .array(problems),
            ])
        }
        return .array(values)
    }
}
