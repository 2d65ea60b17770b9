import ArgumentParser
import Essentials
import ModelStore
import TranscriptFormats

struct AddModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add models of the catalogue to models.yaml, and fetch them.",
        discussion: """
            The entry becomes the last one below "models:"; all else in the file stays as it is. A server that runs with \
            this file notices the new entry. 'asr2clip models search' lists the catalogue.
            """)

    @Argument(help: "Names of models in the catalogue.") var names: [String]
    @Flag(help: "Write the entries only; a model is fetched when it is first needed, or by 'pull'.") var noFetch = false
    @OptionGroup var options: ModelsOptions

    func run() async throws {
        try await options.forEach(names) { name in
            let (models, isNew) = try await options.models(registering: name, onProgress: FetchDisplay().show)
            guard noFetch else { return try await models.pulled(name, wasAdded: isNew, isQuiet: options.json) }
            let entry = try await models.store.resolve(name)
            let file = options.registry.paths.registryFile
            if !isNew, !options.json { try StandardOutput.print("Model '\(entry.name)' is already in \(file)") }
            return [
                "name": .string(entry.name), "status": isNew ? "added" : "registered", "registry": .string(file),
            ]
        }
    }
}

extension ModelsOptions {
    /// The models of the registry. If a name is that of no model or alias there, the catalogue's entry of this name is
    /// added first.
    ///
    /// - Throws: `ModelError` if neither has the name, or if models.yaml cannot be changed.
    func models(
        registering name: String, acceptingChanged: Bool = false,
        onProgress: @escaping @Sendable (DownloadProgress) -> Void
    ) async throws -> (models: RegisteredModels, isNew: Bool) {
        var known: [String] = []
        do {
            let models = try models(acceptingChanged: acceptingChanged, onProgress: onProgress)
            if models.registry.defines(name) { return (models, false) }
            known =
                models.registry.entries.map(\.name) + models.registry.upstreams.map(\.name)
                + models.registry.aliases.keys
        } catch let error as RegistryError {
            // An empty file is no registry yet, but becomes one.
            guard Catalogue.builtIn.entry(named: name) != nil else { throw error }
        }
        guard let entry = Catalogue.builtIn.entry(named: name) else {
            throw ModelError(.notFound, unknown(name, known: known + Catalogue.builtIn.entries.map(\.name)))
        }
        let isNew = try await add(entry)
        return (try models(acceptingChanged: acceptingChanged, onProgress: onProgress), isNew)
    }

    /// Adds an entry; `false` if somebody else has just done so.
    private func add(_ entry: CatalogueEntry) async throws -> Bool {
        let file = registry.paths.registryFile
        do {
            try await RegistryFile(registry.paths).add(RegistryAddition(yaml: entry.registryYAML))
        } catch let error as RegistryEditError {
            if error.code == .nameTaken { return false }
            throw ModelError(.failed, error.description)
        }
        let licence = entry.licence.map { "licence: \($0)" } ?? "its licence is not known"
        if !json { try StandardOutput.print("Added '\(entry.name)' to \(file) (\(licence))") }
        return true
    }

    private func unknown(_ name: String, known: [String]) -> String {
        let near = NearNames(among: known).near(name)
        return "There is no model '\(name)', neither in \(registry.paths.registryFile) nor in the catalogue. "
            + (near.isEmpty ? "" : "Similar: \(near.listed). ") + "'asr2clip models search' lists the catalogue."
    }
}

/// Names that somebody may have meant by another one.
struct NearNames {
    private let names: [String]

    init(among names: [String]) {
        self.names = names
    }

    /// Up to three names: those that contain the text or are contained in it, and those with few other letters.
    func near(_ text: String) -> [String] {
        let wanted = Array(text.lowercased())
        let found = Set(names).compactMap { name -> (name: String, distance: Int)? in
            let letters = Array(name.lowercased())
            let distance = Self.distance(letters, wanted)
            let isPart = wanted.count > 2 && (letters.contains(wanted) || wanted.contains(letters))
            return isPart || distance <= max(2, wanted.count / 4) ? (name, distance) : nil
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// How many letters must be added, left out or replaced to make one text from the other (Levenshtein).
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var row = Array(0...second.count)
        for (i, letter) in first.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let replaced = corner + (letter == other ? 0 : 1)
                corner = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[second.count]
    }
}
