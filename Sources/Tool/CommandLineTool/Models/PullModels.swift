import ArgumentParser
import Essentials
import ModelStore
import TranscriptFormats

struct PullModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch models.",
        discussion: """
            An interrupted download is resumed. A model that is there already is left alone. A model of the catalogue that is \
            not in models.yaml is added to it first, as by 'add'.
            """)

    @Argument(help: "Names or aliases of models, or names of the catalogue.") var names: [String]
    @Flag(
        help: """
            Accept a download that differs from the first one from its address. (It is refused otherwise, if models.yaml \
            has no sha256 for it.)
            """)
    var acceptChanged = false
    @OptionGroup var options: ModelsOptions

    func run() async throws {
        // One after the other: they share the network connection.
        try await options.forEach(names) { name in
            let (models, isNew) = try await options.models(
                registering: name, acceptingChanged: acceptChanged, onProgress: FetchDisplay().show)
            return try await models.pulled(name, wasAdded: isNew, isQuiet: options.json)
        }
    }
}

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
        let models = try options.models()
        try await options.forEach(names) { name in
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
    }

    private func confirm(_ entry: ModelEntry, _ models: RegisteredModels) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            StandardError.report("'\(entry.name)' was not removed: nobody is there to ask. Add --yes.")
            return false
        }
        let others = models.registry.entries.filter { $0.name != entry.name && $0.directory == entry.directory }
        let note = others.isEmpty ? "" : " They are also the files of \(others.map(\.name).joined(separator: ", "))."
        StandardError.write("Delete the downloaded files of '\(entry.name)' in \(entry.directory)?\(note) [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}

extension RegisteredModels {
    /// Downloads a model unless it is there, and describes it. `wasAdded` tells whether its entry is new.
    func pulled(_ name: String, wasAdded: Bool, isQuiet: Bool) async throws -> JSONValue {
        let (entry, wasThere) = try await pull(name, isQuiet: isQuiet)
        return [
            "name": .string(entry.name), "status": wasThere ? "present" : "fetched", "added": .bool(wasAdded),
            "directory": .string(entry.directory), "size_bytes": .integer(Int(store.sizeOnDisk(of: entry))),
        ]
    }

    /// Downloads a model unless it is there, and prints where it is. The first SIGINT, SIGTERM or SIGHUP ends the
    /// download, and then `ExitCode` 128 plus the signal's number is thrown; the second ends the process at once. A
    /// signal that was ignored when the process started stays ignored, as nohup(1) requires.
    func pull(_ name: String, isQuiet: Bool = false) async throws -> (entry: ModelEntry, wasThere: Bool) {
        let first = FirstSignal()
        let listener = SignalListener([SIGINT, SIGTERM, SIGHUP], unlessIgnored: true) { [store] number in
            guard first.receive(number) else { _exit(128 + number) }
            Task { await store.shutDown() }
        }
        defer { listener.stop() }
        do {
            let entry = try await store.resolve(name)
            let wasThere = entry.missingFiles().isEmpty
            _ = try await store.prepare(entry, waitingUpTo: Self.downloadTime)
            if !isQuiet {
                try StandardOutput.print("Model '\(entry.name)' is \(wasThere ? "already " : "")in \(entry.directory)")
            }
            return (entry, wasThere)
        } catch {
            guard first.number > 0 else { throw error }
            StandardError.report("Stopped before the model was there. Run the same command again to go on.")
            throw ExitCode(128 + first.number)
        }
    }

    /// Longer than any download takes.
    static let downloadTime = Duration.seconds(7 * 24 * 3600)
}
