import ArgumentParser
import Dictation
import Essentials
import TranscriptFormats

/// `asr2clip transcribe FILE…`: many files, each to its own text file if requested.
struct TranscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe", abstract: "Transcribe audio files.",
        discussion: """
            Texts go to standard output, or each to a file of the same name in a folder. The clipboard is left alone.

            Try it:
              asr2clip transcribe talk.mp3
              asr2clip transcribe --format srt --output-dir subtitles *.m4a
            """)

    @Argument(help: "Audio files; - is standard input.", completion: .file()) var files: [String]

    @Option(
        name: .both("output_dir"),
        help: ArgumentHelp(
            "Write each transcript to a file in this folder; it is made if there is none.", valueName: "folder"),
        completion: .directory)
    var outputFolder: String?

    @Flag(help: "Replace transcripts that are there already.")
    var overwrite = false

    @OptionGroup var format: FormatOption
    @OptionGroup var request: RequestOptions
    @OptionGroup var models: ModelFolderOption
    @OptionGroup var threads: ThreadOption
    @OptionGroup var configurationFile: ConfigurationOption

    func validate() throws {
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
        try await Failure.reported {
            let tool = Tool(request, models: models, threads: threads, file: configurationFile.config)
            let configuration = try tool.configuration()
            let screen = DictationScreen(isQuiet: configuration.isQuiet, environment: tool.environment)
            if let outputFolder {
                try FileManager.default.createDirectory(atPath: outputFolder, withIntermediateDirectories: true)
            }
            try await Session(screen: screen, control: DictationControl(listens: false)).run {
                try await tool.withService(configuration) { service in
                    let transcription = FileTranscription(
                        service: service, engine: try tool.engine,
                        template: tool.template(configuration, format: format.format ?? .text), report: screen.show)
                    return try await transcribe(by: transcription, screen)
                }
            }
        }
    }

    private func transcribe(
        by transcription: FileTranscription, _ screen: DictationScreen
    ) async throws -> SessionOutcome {
        let delivery = TextDelivery(
            clipboard: Clipboard(.none, environment: [:]), file: nil, write: screen.write)
        var outcome = SessionOutcome.silent
        for (index, file) in files.enumerated() {
            let place = files.count > 1 ? "\(index + 1)/\(files.count) " : ""
            let name = SystemName.shown(file)
            do {
                guard let outputFolder else {
                    if files.count > 1 { screen.show(.note("\(place)\(name)")) }
                    let transcript = try await transcription.transcribe(file) { try await delivery.print($0) }
                    if transcript.isSpoken {
                        outcome += .delivered
                    } else {
                        screen.show(.note("\(files.count > 1 ? "\(name): " : "")No speech was recognised."))
                    }
                    continue
                }
                let target = target(of: file, in: outputFolder)
                guard overwrite || !FileManager.default.fileExists(atPath: target) else {
                    throw Failure("'\(target)' is there already; --overwrite replaces it.")
                }
                let transcript = try await transcription.transcribe(file)
                guard transcript.isSpoken else {
                    // An existing file of that name belongs to another recording, or to an earlier version of this one.
                    let isRemoved = overwrite && unlink(target) == 0
                    let remark = isRemoved ? "'\(target)' was removed" : "no file was written"
                    screen.show(.note("\(place)\(name): No speech was recognised, so \(remark)."))
                    continue
                }
                try Data("\(transcript.text)\n".utf8).write(to: URL(filePath: target), options: .atomic)
                outcome += .delivered
                screen.show(.note("\(place)\(name) → \(target)"))
            } catch let error as DeliveryError {
                throw error
            } catch let error where !(error is CancellationError) {
                outcome += .failed
                screen.show(.warning("\(place)\(name): \(Failure(explaining: error).message)"))
            }
        }
        return outcome
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
        name: .shortAndLong,
        help: ArgumentHelp("The configuration file. (default: as for asr2clip)", valueName: "file"),
        completion: .file())
    var config: String?
}

extension ResponseFormat {
    /// The file name extension of this format.
    fileprivate var fileExtension: String {
        switch self {
        case .text: "txt"
        case .json, .verboseJSON: "json"
        case .srt, .vtt: rawValue
        }
    }
}
