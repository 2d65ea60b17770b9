import ArgumentParser
import Dictation

struct ClipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asr2clip", abstract: "Speak, and the text is on your clipboard.",
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

    func validate() throws {
        if action.action != .serve, action.action != .downloadModel, let stray = server.given.first {
            throw ValidationError("\(stray) belongs to --serve.")
        }
        if let stray = dictation.given.first, ![.dictate, .transcribe].contains(action.action) {
            throw ValidationError("\(stray) is for dictation; \(action.action.rawValue) has none.")
        }
        if format.format != nil, action.action != .transcribe {
            throw ValidationError("--format is for files: use it with -i FILE.")
        }
    }

    func run() async throws {
        let tool = Tool(
            flags: dictation.settings.over(request.settings).over(texts.settings), models: models,
            threads: server.threads, file: action.config)
        switch action.action {
        case .serve, .downloadModel:
            try await Serving(options: server, paths: models.paths(registry: action.config))
                .run(downloadOnly: action.action == .downloadModel)
        case .dictate: try await tool.dictate(dictation)
        case .transcribe:
            try await tool.transcribe(action.inputs, as: format.format ?? .text, ignored: dictation.given.first)
        case .retry: if action.discard { tool.discardRecordings() } else { try await tool.retry() }
        case .test: try await tool.test()
        case .listDevices: try await tool.listDevices()
        case .edit: try await tool.editConfiguration()
        case .generateConfiguration: try tool.writeConfiguration()
        case .printConfiguration: try StandardOutput.write(tool.configuration().yaml)
        }
    }
}
