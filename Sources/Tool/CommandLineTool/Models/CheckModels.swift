import ArgumentParser
import Essentials
import ModelFamilies
import ModelStore
import TranscriptFormats

struct CheckModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the registry and every model's files.",
        discussion:
            "Problems are reported with their file and line. The exit status is 1 if there are any but warnings.")

    @OptionGroup var options: ModelsOptions

    private struct Problem {
        var model: String?
        var isError = true
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
        var problems: [Problem] = []
        var good: [ModelEntry] = []
        var distant: [UpstreamEntry] = []
        do {
            let registry = try options.models().registry
            problems = registry.problems.map { problem in
                Problem(
                    model: problem.subject.model, isError: problem.severity == .error, file: problem.file,
                    line: problem.line, message: problem.message)
            }
            for entry in registry.entries {
                let found = Self.problems(of: entry, registry: registry.file)
                problems += found
                if found.isEmpty { good.append(entry) }
            }
            for entry in registry.upstreams {
                let found = entry.servers.compactMap { server in Self.problem(of: server, in: entry, registry.file) }
                problems += found
                if found.isEmpty { distant.append(entry) }
            }
        } catch let error as RegistryError where options.json {
            problems = [Problem(file: error.file, line: error.line, message: error.message)]
        }
        let isGood = !problems.contains(where: \.isError)
        if options.json {
            try StandardOutput.print(
                JSONValue.object([("ok", .bool(isGood)), ("problems", .array(problems.map(\.json)))]).text)
        } else {
            for entry in good {
                let isThere = entry.missingFiles().isEmpty
                try StandardOutput.print(
                    "\(entry.name): \(isThere ? "good" : "good; its files are fetched when they are needed")")
            }
            for entry in distant { try StandardOutput.print("\(entry.name): good; \(entry.shownStatus)") }
            for problem in problems { try StandardOutput.print(problem.text) }
        }
        if !isGood { throw ExitCode.failure }
    }

    /// A file of an upstream that cannot be read. A variable with a key is not checked: the server may have another
    /// environment.
    private static func problem(of server: UpstreamServer, in entry: UpstreamEntry, _ registry: String) -> Problem? {
        var files = [server.authority].compactMap { $0 }
        if case .file(let path) = server.key { files.append(path) }
        guard let file = files.first(where: { access($0, R_OK) != 0 }) else { return nil }
        return Problem(
            model: entry.name, file: file,
            message:
                "Model '\(entry.name)': \(file), for \(server.address), cannot be read. Correct its path in \(registry)."
        )
    }

    private static func problems(of entry: ModelEntry, registry: String) -> [Problem] {
        let missing = entry.missingFiles()
        guard missing.isEmpty else {
            guard entry.download == nil else { return [] }
            return missing.map { file in
                Problem(
                    model: entry.name, file: entry.directory + "/" + file,
                    message:
                        "Model '\(entry.name)': \(entry.directory)/\(file) is not there, and the entry has no download. "
                        + "Put it there, or add download: with a url in \(registry).")
            }
        }
        return entry.specification.faults().map { fault in
            Problem(model: entry.name, file: fault.file ?? registry, line: fault.line, message: fault.message)
        }
    }
}

extension RegistryProblem.Subject {
    fileprivate var model: String? {
        if case .model(let name) = self { name } else { nil }
    }
}
