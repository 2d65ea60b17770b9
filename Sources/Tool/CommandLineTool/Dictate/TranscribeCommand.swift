import ArgumentParser
import Dictation
import Essentials
import TranscriptFormats

/// `asr2clip transcribe FILE…`: many files, each to its own text file if requested; with `-r`, whole folders.
struct TranscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe", abstract: "Transcribe audio files.",
        discussion: """
            Texts go to standard output, or each to a file of the same name in a folder. The clipboard is left alone.

            With -r, the recordings in folders are transcribed, and each gets a file beside it: talk.mp3.txt, or .srt, \
            .vtt, .json. A second run does what is missing: a recording whose size, time or options have changed is \
            transcribed again. Hidden files and folders are passed over. The first Ctrl-C finishes what is in hand. The \
            exit status is 0 if every recording has its result, 5 if some failed, and 1 if the run ended early.

            Try it:
              asr2clip transcribe talk.mp3
              asr2clip transcribe --format srt --output-dir subtitles *.m4a
              asr2clip transcribe -r recordings
            """)

    @Argument(help: "Audio files; - is standard input. With -r: files and folders.", completion: .file())
    var files: [String]

    @Option(
        name: .both("output_dir"),
        help: .value(
            "folder",
            "Write each transcript to a file in this folder; it is made if there is none. With -r: below it, in folders "
                + "as those of the recordings."),
        completion: .directory)
    var outputFolder: String?

    @Flag(help: "Replace transcripts that are there already. With -r: also files that asr2clip did not write.")
    var overwrite = false

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var format: FormatOption
    @OptionGroup var request: RequestOptions
    @OptionGroup var models: ModelFolderOption
    @OptionGroup var threads: ThreadOption
    @OptionGroup var configurationFile: ConfigurationOption

    func validate() throws {
        guard !archive.recursive else { return try validateArchive() }
        guard let outputFolder else {
            guard !overwrite else { throw ValidationError("--overwrite belongs to --output_dir.") }
            return
        }
        let targets = Dictionary(grouping: files) { target(of: $0, in: outputFolder) }
        for (target, files) in targets where files.count > 1 {
            throw ValidationError("\(files.joined(separator: " and ")) would both be written to \(target).")
        }
    }

    func run() async throws {
        guard !archive.recursive else { return try await transcribeArchive() }
        let tool = Tool(flags: request.settings, models: models, threads: threads, file: configurationFile.config)
        let configuration = try tool.configuration()
        let session = Session(screen: tool.screen(configuration))
        if let outputFolder {
            try FileManager.default.createDirectory(atPath: outputFolder, withIntermediateDirectories: true)
        }
        let delivery = TextDelivery(
            clipboard: Clipboard(.none, environment: [:]), file: nil, write: session.screen.write)
        try await tool.run(session, configuration, format.format ?? .text, delivery: delivery) { transcriber in
            guard let outputFolder else { return try await transcriber.transcribe(files, isAnnounced: true) }
            var outcome = SessionOutcome.silent
            for (index, file) in files.enumerated() {
                let place = files.count > 1 ? "\(index + 1)/\(files.count) " : ""
                let name = "\(place)\(SystemName.shown(file))"
                do {
                    let target = target(of: file, in: outputFolder)
                    let isSpoken = try await write(file, to: target, by: transcriber)
                    if isSpoken { outcome += .delivered }
                    // An existing file of that name belongs to another recording, or to an earlier version of this one.
                    let isRemoved = !isSpoken && overwrite && unlink(target) == 0
                    let remark = isRemoved ? "'\(target)' was removed" : "no file was written"
                    session.screen.show(
                        .note(isSpoken ? "\(name) → \(target)" : "\(name): No speech was recognised, so \(remark)."))
                } catch let error where !(error is CancellationError) {
                    outcome += .failed
                    session.screen.show(.warning("\(name): \(SystemReason.words(for: error))"))
                }
            }
            return outcome
        }
    }

    private func write(_ file: String, to target: String, by transcriber: RecordingTranscriber) async throws -> Bool {
        guard overwrite || !FileManager.default.fileExists(atPath: target) else {
            throw Failure("'\(target)' is there already; --overwrite replaces it.")
        }
        guard let text = try await transcriber.transcribe(file) else { return false }
        try Data("\(text)\n".utf8).write(to: URL(filePath: target), options: .atomic)
        return true
    }

    private func target(of file: String, in folder: String) -> String {
        let name =
            file == "-" ? "stdin" : URL(filePath: SystemName.shown(file)).deletingPathExtension().lastPathComponent
        return "\(folder)/\(name).\((format.format ?? .text).fileExtension)"
    }
}

/// `-c` of the commands that need a server.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .shortAndLong, help: .value("file", "The configuration file. (default: as for asr2clip)"),
        completion: .file())
    var config: String?
}

extension ResponseFormat {
    var fileExtension: String {
        switch self {
        case .text: "txt"
        case .json, .verboseJSON: "json"
        case .srt, .vtt: rawValue
        }
    }
}
