import ArgumentParser
import Dictation

/// `asr2clip`.
struct ClipCommand: AsyncParsableCommand {
    /// The text of `--help`.
    static let configuration = CommandConfiguration(
        commandName: "asr2clip",
        abstract: "Speak, and the text is on your clipboard.",
        discussion: """
            Without options it records until Ctrl-C or Enter, has the recording transcribed by a server (the one on this \
            machine, unless a configuration names another), prints the text and copies it. The exit status is 0 if there \
            is a text, 3 if there is none, 4 if it could not be copied, and 1 if anything failed.

            Try it:
              asr2clip                          dictate once
              asr2clip --vad -o notes.txt       dictate for as long as you like
              asr2clip -i talk.mp3              transcribe a file
              asr2clip --serve                  be the server
              asr2clip --test                   see whether all is well
              asr2clip serve --help             the options of the server
            """,
        subcommands: Subcommands.all)

    @OptionGroup(title: "What to do, instead of dictation") var action: ActionOptions
    @OptionGroup(title: "Dictation") var dictation: DictationOptions
    @OptionGroup(title: "Transcription") var request: RequestOptions
    @OptionGroup(title: "Transcription") var format: FormatOption
    @OptionGroup(title: "Texts") var texts: TextOptions
    @OptionGroup(title: "Models", visibility: .hidden) var models: ModelFolderOption
    @OptionGroup(title: "Server (with --serve)", visibility: .hidden) var server: ServeOptions
    @OptionGroup var version: VersionFlag

    /// Rejects options that cannot be combined.
    func validate() throws {
        if action.action != .serve, action.action != .downloadModel, let stray = server.given.first {
            throw ValidationError("\(stray) belongs to --serve.")
        }
        if let stray = dictation.given.first, ![.dictate, .transcribe].contains(action.action) {
            throw ValidationError("\(stray) is for dictation; \(action.action.word) has none.")
        }
        if format.format != nil, action.action != .transcribe {
            throw ValidationError("--format is for files: use it with -i FILE.")
        }
    }

    /// Runs the action of the options.
    func run() async throws {
        var settings = dictation.settings
        texts.add(to: &settings)
        let tool = Tool(
            request, models: models, threads: server.threads, dictation: settings, file: action.config)
        switch action.action {
        case .serve, .downloadModel:
            let serving = Serving(server, paths: models.paths(registry: action.config))
            try await serving.run(downloadOnly: action.action == .downloadModel)
        case .dictate: try await Dictating(tool: tool, dictation: dictation).run()
        case .transcribe:
            try await TranscribingInputs(tool: tool, dictation: dictation, format: format.format ?? .text)
                .run(action.inputs)
        case .retry: if action.discard { Retrying(tool: tool).discard() } else { try await Retrying(tool: tool).run() }
        case .test:
            try await Failure.reported { try await SelfTest(tool: tool, dictation: dictation).run() }
        case .listDevices: try await Failure.reported { try await DeviceList.print(Microphones(try tool.engine)) }
        case .edit: try await ConfigurationEditing(tool: tool).run()
        case .generateConfiguration: try await Failure.reported { try ConfigurationWriting(path: action.config).run() }
        case .printConfiguration:
            try await Failure.reported { try StandardOutput.write(tool.configuration().yaml) }
        }
    }
}
