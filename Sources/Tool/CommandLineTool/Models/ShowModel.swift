import ArgumentParser
import Essentials
import ModelFamilies
import ModelStore
import TranscriptFormats

/// `asr2clip models show`.
struct ShowModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a model's files, options, place, and what a request may say.")

    @Argument(help: "Name or alias of a model.") var name: String
    @OptionGroup var options: ModelsOptions

    func run() async throws {
        try await Failure.reported {
            let models = try RegisteredModels(options)
            let entry = try await models.store.resolve(name)
            let status = await models.store.status(of: entry)
            try StandardOutput.print(
                options.json ? json(of: entry, models, status).text : text(of: entry, models, status))
        }
    }

    private func text(of entry: ModelEntry, _ models: RegisteredModels, _ status: ModelStatus) -> String {
        let none = "-"
        let aliases = models.aliases(of: entry.name)
        var lines = [
            ("Name", entry.name + (models.isDefault(entry.name) ? " (default)" : "")),
            ("Aliases", aliases.isEmpty ? none : aliases.joined(separator: ", ")),
            ("Type", entry.family.rawValue),
            ("Status", status.shown),
            ("Folder", entry.directory),
        ]
        for (index, file) in entry.filesOnDisk.enumerated() {
            let size = file.size.map { HumanFormat.bytes($0) } ?? "missing"
            lines.append((index == 0 ? "Files" : "", "\(file.name): \(file.path) (\(size))"))
        }
        let options = entry.options.described
        lines.append(("Options", options.isEmpty ? none : options.map { "\($0): \($1)" }.joined(separator: ", ")))
        lines.append(("Download", entry.download?.displayURL ?? none))
        let request = RequestAdvice(for: entry.specification)
        lines.append(("Language", request.language))
        lines.append(("Hints", request.hints))
        lines.append(("Ignored", request.ignored.joined(separator: ", ")))
        return lines.map { $0 + String(repeating: " ", count: 10 - $0.count) + $1 }.joined(separator: "\n")
    }

    private func json(of entry: ModelEntry, _ models: RegisteredModels, _ status: ModelStatus) -> JSONValue {
        let files = entry.filesOnDisk.map { file -> JSONValue in
            [
                "name": .string(file.name), "path": .string(file.path),
                "size_bytes": file.size.map { .integer(Int($0)) } ?? nil,
            ]
        }
        return [
            "name": .string(entry.name), "default": .bool(models.isDefault(entry.name)),
            "aliases": .array(models.aliases(of: entry.name).map(JSONValue.string)),
            "type": .string(entry.family.rawValue), "status": .string(status.word),
            "download_percent": status.percent.map(JSONValue.integer) ?? nil,
            "directory": .string(entry.directory), "files": .array(files),
            "options": .object(entry.options.described.map { ($0, .string($1)) }),
            "download": JSONValue(entry.download?.displayURL),
            "request": RequestAdvice(for: entry.specification).json,
        ]
    }
}
