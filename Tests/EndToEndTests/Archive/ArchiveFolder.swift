import Foundation
import TestSupport

/// A folder with recordings, and runs of `asr2clip transcribe -r` on it.
struct ArchiveFolder {
    /// The journal of results (ResultJournal).
    static let journal = ".asr2clip-results.jsonl"

    let files: TemporaryFolder
    private let surroundings: ServerFolder

    var path: String { files.path }

    init() throws {
        files = try TemporaryFolder()
        surroundings = try ServerFolder()
    }

    struct Outcome {
        var status: Int32?
        var output: String
        var error: String

        /// The summary: done, skipped and failed.
        var counts: [Int] {
            let line = error.firstMatch(of: /(\d+) done(?: \(.*\))?, (\d+) skipped, (\d+) failed/)
            return line.map { [$0.1, $0.2, $0.3].compactMap { Int($0) } } ?? []
        }
    }

    func arguments(_ url: String, _ arguments: [String]) -> [String] { ["transcribe", "-r", "--url", url] + arguments }

    /// Runs the tool to its end; by default, on the whole folder.
    func run(
        _ url: String, _ arguments: [String] = [], on inputs: [String]? = nil, launcher: [String] = []
    ) async throws -> Outcome {
        let command =
            launcher + [ServerProcess.path(of: "asr2clip")] + self.arguments(url, arguments + (inputs ?? [path]))
        let result = try await runToEnd(
            command[0], Array(command.dropFirst()), environment: surroundings.environment)
        guard case .exited(let status) = result.status else {
            return Outcome(output: result.output, error: result.error)
        }
        return Outcome(status: status, output: result.output, error: result.error)
    }

    /// Runs `body` with the tool while it works.
    func running<R: Sendable>(
        _ url: String, _ arguments: [String] = [], _ body: (RunningProcess) async throws -> R
    ) async throws -> R {
        try await withProcess(
            ServerProcess.path(of: "asr2clip"), self.arguments(url, arguments + [path]),
            environment: surroundings.environment, body)
    }

    /// Copies a recording of the fixtures.
    func add(_ recording: String, as name: String) throws {
        try files.write(Data(contentsOf: URL(filePath: Fixtures.audio(recording))), to: name)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: files.file(name), encoding: .utf8) }

    /// The paths of all files below the folder, without the journals.
    func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { !$0.hasSuffix(Self.journal) }.sorted()
    }

    /// When each result was written, by its path.
    func resultTimes(_ fileExtension: String = ".txt") throws -> [String: Date] {
        let results = try names().filter { $0.hasSuffix(fileExtension) }
        return try Dictionary(
            uniqueKeysWithValues: results.map { name in
                let attributes = try FileManager.default.attributesOfItem(atPath: files.file(name))
                return (name, attributes[.modificationDate] as? Date ?? .distantPast)
            })
    }
}
