import ArgumentParser
import ModelFamilies
import ModelStore
import TranscriptFormats

/// `asr2clip models check`.
struct CheckModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the registry and every model's files.",
        discussion: "Problems are told with their file and line. The exit status is 1 if there are any but warnings.")

    @OptionGroup var options: ModelsOptions

    private struct Problem {
        var model: String?
        var isError: Bool
        var file: String
        var line: Int?
        var message: String

        var text: String {
            let place = line.map { "\(file):\($0): " } ?? ""
            return "\(place)\(isError ? "" : "warning: ")\(message)"
        }

        var json: JSONValue {
            [
                "model": JSONValue(model), "severity": isError ? "error" : "warning", "file": .string(file),
                "line": line.map(JSONValue.integer) ?? nil, "message": .string(message),
            ]
        }
    }

    func run() async throws {
        try await Failure.reported {
            var problems: [Problem] = []
            var good: [ModelEntry] = []
            do {
                let models = try RegisteredModels(options)
                problems = models.registry.problems.map(Self.problem)
                for entry in models.registry.entries {
                    let found = Self.problems(of: entry, registry: models.registry.file)
                    problems += found
                    if found.isEmpty { good.append(entry) }
                }
            } catch let error as RegistryError where options.json {
                problems = [
                    Problem(model: nil, isError: true, file: error.file, line: error.line, message: error.message)
                ]
            }
            try report(problems, good)
            if problems.contains(where: \.isError) { throw ExitCode.failure }
        }
    }

    private func report(_ problems: [Problem], _ good: [ModelEntry]) throws(Failure) {
        guard !options.json else {
            let isGood = !problems.contains(where: \.isError)
            return try StandardOutput.print(
                JSONValue.object([("ok", .bool(isGood)), ("problems", .array(problems.map(\.json)))]).text)
        }
        for entry in good {
            let isThere = entry.missingFiles().isEmpty
            try StandardOutput.print(
                "\(entry.name): \(isThere ? "good" : "good; its files are fetched when they are needed")")
        }
        for problem in problems { try StandardOutput.print(problem.text) }
    }

    private static func problem(_ problem: RegistryProblem) -> Problem {
        Problem(
            model: problem.model, isError: problem.severity == .error, file: problem.file, line: problem.line,
            message: problem.message)
    }

    private static func problems(of entry: ModelEntry, registry: String) -> [Problem] {
        let missing = entry.missingFiles()
        guard missing.isEmpty else {
            guard entry.download == nil else { return [] }
            return missing.map { file in
                Problem(
                    model: entry.name, isError: true, file: entry.directory + "/" + file,
                    message:
                        "Model '\(entry.name)': \(entry.directory)/\(file) is not there, and the entry has no download. "
                        + "Put it there, or add download: with a url in \(registry).")
            }
        }
        return entry.specification.faults().map { fault in
            Problem(
                model: entry.name, isError: true, file: fault.file ?? registry, line: fault.line, message: fault.message
            )
        }
    }
}

extension RegistryProblem {
    /// The model that the mistake is about.
    var model: String? {
        if case .model(let name) = subject { name } else { nil }
    }

    /// The mistake as JSON.
    var json: JSONValue {
        ["file": .string(file), "line": .integer(line), "message": .string(message)]
    }
}
