import ArgumentParser
import Essentials
import ModelStore
import TranscriptFormats

/// `asr2clip models remove`.
struct RemoveModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Delete the downloaded files of models.",
        discussion: """
            Only what was downloaded is deleted, and only below the models folder; the entries in models.yaml stay. A \
            server that has a model loaded keeps it until that is unloaded.
            """)

    @Argument(help: "Names or aliases of models.") var names: [String]
    @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
    @OptionGroup var options: ModelsOptions

    func run() async throws {
        try await Failure.reported {
            let models = try RegisteredModels(options)
            var results: [JSONValue] = []
            var hasFailed = false
            for name in names {
                do {
                    if let result = try await remove(name, models) { results.append(result) } else { hasFailed = true }
                } catch let error as ModelError {
                    hasFailed = true
                    results.append(["name": .string(name), "status": "failed", "reason": .string(error.description)])
                    Failure.report(error.description)
                }
            }
            if options.json { try StandardOutput.print(JSONValue.array(results).text) }
            if hasFailed { throw ExitCode.failure }
        }
    }

    /// Removes one model; returns `nil` if the user declined.
    private func remove(_ name: String, _ models: RegisteredModels) async throws -> JSONValue? {
        let entry = try await models.store.resolve(name)
        try await models.store.checkRemovable(entry)
        guard yes || confirm(entry, models) else { return nil }
        let removed = try await models.store.remove(entry)
        if !options.json {
            try StandardOutput.print(
                "Removed '\(entry.name)' (\(HumanFormat.bytes(removed.bytes))) from \(entry.directory)")
        }
        return [
            "name": .string(entry.name), "status": "removed", "freed_bytes": .integer(Int(removed.bytes)),
            "files": .array(removed.files.map(JSONValue.string)),
        ]
    }

    private func confirm(_ entry: ModelEntry, _ models: RegisteredModels) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            Failure.report("'\(entry.name)' was not removed: nobody is there to ask. Add --yes.")
            return false
        }
        let others = models.registry.entries.filter { $0.name != entry.name && $0.directory == entry.directory }
        let note = others.isEmpty ? "" : " They are also the files of \(others.map(\.name).joined(separator: ", "))."
        let question = "Delete the downloaded files of '\(entry.name)' in \(entry.directory)?\(note) [y/N] "
        StandardError.write(question)
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}
