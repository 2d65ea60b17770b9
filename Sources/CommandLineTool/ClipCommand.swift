public import ArgumentParser

/// `asr2clip`.
public struct ClipCommand: AsyncParsableCommand {
    /// What `--help` says.
    public static let configuration = CommandConfiguration(
        commandName: "asr2clip",
        abstract: "Speak, and the text is on your clipboard.",
        discussion: """
            Without options it records until Ctrl-C or Enter, has the recording transcribed by a server (the one on this \
            machine, unless a configuration names another), prints the text and copies it.

            Try it:
              asr2clip                          dictate once
              asr2clip --vad -o notes.txt       dictate for as long as you like
              asr2clip -i talk.mp3              transcribe a file
              asr2clip --serve                  be the server
              asr2clip --test                   see whether all is well
            """,
        subcommands: Subcommands.all)

    @OptionGroup var action: ActionOptions
    @OptionGroup(title: "Dictation") var dictation: DictationOptions
    @OptionGroup(title: "Transcription") var request: RequestOptions
    @OptionGroup(title: "Transcription") var format: FormatOption
    @OptionGroup(title: "Texts") var texts: TextOptions
    @OptionGroup(title: "Models") var models: ModelFolderOption
    @OptionGroup(title: "Server (with --serve)") var server: ServeOptions
    @OptionGroup var version: VersionFlag

    /// For the argument parser.
    public init() {}

    /// Refuses options that do not go together.
    public func validate() throws {
        if action.action != .serve, action.action != .downloadModel, let stray = server.given.first {
            throw ValidationError("\(stray) belongs to --serve.")
        }
        if dictation.isContinuous, action.action != .dictate {
            throw ValidationError("--vad and --interval are for dictation; \(action.action.word) has none.")
        }
        if format.format != nil, action.action != .transcribe {
            throw ValidationError("--format is for files: use it with -i FILE.")
        }
    }

    /// Does what the options say.
    public func run() async throws {
        let tool = Tool(request, models: models, threads: server.threads, file: action.config)
        switch action.action {
        case .serve, .downloadModel:
            let serving = Serving(server, paths: models.paths(registry: action.config))
            try await serving.run(downloadOnly: action.action == .downloadModel)
        case .dictate: try await Dictating(tool: tool, dictation: dictation, texts: texts).run()
        case .transcribe:
            try await TranscribingInputs(tool: tool, texts: texts, format: format.format ?? .text).run(action.inputs)
        case .retry: try await Retrying(tool: tool, texts: texts).run()
        case .test:
            try await Failure.reported { try await SelfTest(tool: tool, dictation: dictation, texts: texts).run() }
        case .listDevices: try await Failure.reported { try DeviceList.print() }
        case .edit: try await ConfigurationEditing(tool: tool).run()
        case .generateConfiguration: try await Failure.reported { try ConfigurationWriting(path: action.config).run() }
        case .printConfiguration:
            try await Failure.reported { try StandardOutput.write(tool.configuration().yaml) }
        }
    }
}
