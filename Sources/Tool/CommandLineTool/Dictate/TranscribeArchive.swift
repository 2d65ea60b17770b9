import ArgumentParser
import Dictation
import Essentials

/// The options of `asr2clip transcribe -r`.
struct ArchiveOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Transcribe the recordings in folders, each to a file beside it.")
    var recursive = false

    @Option(help: .value("number", "With -r: recordings in hand at once, 1 to 64. (default: \(Self.usualJobs))"))
    var jobs: Int?

    @Flag(help: "With -r: transcribe all recordings again, also those whose results are there.") var force = false

    /// As many as the server has lanes. More bring nothing, one alone leaves cores idle (Benchmarks/RESULTS.md).
    static let usualJobs = 4

    func validate() throws {
        if let jobs, !(1...64).contains(jobs) {
            throw ValidationError("The number of jobs must be from 1 to 64, not \(jobs).")
        }
        guard !recursive, let stray = names(ofGiven: ["--jobs": jobs, "--force": force ? true : nil]).first else {
            return
        }
        throw ValidationError("\(stray) belongs to -r.")
    }
}

extension TranscribeCommand {
    private var work: Archive {
        Archive(
            inputs: files, output: outputFolder, jobs: archive.jobs ?? ArchiveOptions.usualJobs,
            rules: ReplacementRules(repeatsAll: archive.force, replacesOthers: overwrite),
            fileExtension: (format.format ?? .text).fileExtension)
    }

    func validateArchive() throws {
        if files.contains("-") { throw ValidationError("Standard input has no file to write beside: leave out -r.") }
        guard let (first, second) = work.collision else { return }
        throw ValidationError(
            "\(first) and \(second) have the same name, so their results would be the same files of --output_dir. "
                + "Transcribe them one after the other, into two folders.")
    }

    /// Transcribes folders. Throws the exit status: 5 if recordings failed, 1 if the run could not go on, 130 if the user
    /// stopped it.
    func transcribeArchive() async throws {
        let tool = Tool(flags: request.settings, models: models, threads: threads, file: configurationFile.config)
        let configuration = try tool.configuration()
        let session = Session(
            screen: tool.screen(configuration), control: DictationControl(), readsKeys: false,
            stopping: "Finishing the recordings in hand. Ctrl-C again ends at once.",
            farewell: "Cancelled. Run the same command again to go on: what is done is kept.")
        let delivery = TextDelivery(
            clipboard: Clipboard(.none, environment: [:]), file: nil, write: session.screen.write)
        let began = ContinuousClock.now
        try await tool.run(session, configuration, format.format ?? .text, delivery: delivery) { [work] transcriber in
            let report = try await transcriber.transcribe(work, control: session.control)
            let words = report.lines(after: ContinuousClock.now - began).joined(separator: "\n")
            let isGood = report.end == nil && report.counts.failed == 0
            session.screen.show(isGood ? .note(words) : .warning(words))
            if report.end != nil { throw ExitCode.failure }
            if report.isInterrupted { throw ExitCode(128 + SIGINT) }
            if report.counts.failed > 0 { throw ExitCode(5) }
            return .delivered
        }
    }
}
