import ArgumentParser
import Essentials
import ModelStore
import TranscriptFormats

/// `asr2clip models pull`.
struct PullModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch models.",
        discussion: "What was cut off goes on where it ended. A model that is there already is left alone.")

    @Argument(help: "Names or aliases of models.") var names: [String]
    @OptionGroup var options: ModelsOptions

    func run() async throws {
        try await Failure.reported {
            let display = FetchDisplay()
            let models = try RegisteredModels(options, onProgress: display.show)
            var results: [JSONValue] = []
            var hasFailed = false
            // One after the other: they share the network connection.
            for name in names {
                do {
                    results.append(try await StoppableFetch(store: models.store).run { try await pull(name, models) })
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

    private func pull(_ name: String, _ models: RegisteredModels) async throws -> JSONValue {
        let entry = try await models.store.resolve(name)
        let wasThere = entry.missingFiles().isEmpty
        _ = try await models.store.prepare(entry, waitingUpTo: ModelDownloading.patience)
        if !options.json {
            try StandardOutput.print(
                "Model '\(entry.name)' is \(wasThere ? "already " : "")in \(entry.directory)")
        }
        return [
            "name": .string(entry.name), "status": wasThere ? "present" : "fetched",
            "directory": .string(entry.directory),
            "size_bytes": .integer(Int(models.store.sizeOnDisk(of: entry))),
        ]
    }
}
