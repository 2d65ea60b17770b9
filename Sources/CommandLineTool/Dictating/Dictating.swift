import Dictation

/// `asr2clip`, `asr2clip --vad`, `asr2clip --interval`: from the microphone to the clipboard.
struct Dictating {
    private let tool: Tool
    private let dictation: DictationOptions
    private let texts: TextOptions

    init(_ tool: Tool, dictation: DictationOptions, texts: TextOptions) {
        self.tool = tool
        self.dictation = dictation
        self.texts = texts
    }

    /// Listens and writes down, until it is stopped.
    func run() async throws {
        try await Failure.reported {
            let configuration = try tool.configuration()
            let screen = DictationScreen(
                isQuiet: configuration.isQuiet,
                advice: dictation.isContinuous ? "Ctrl-C ends" : "Enter or Ctrl-C ends, Ctrl-C twice cancels",
                environment: tool.environment)
            try texts.output.map(OutputFile.init)?.check()
            let waiting = tool.store.waitingCount
            if waiting > 0 { screen.show(.note("Recordings that wait to be sent again (--retry): \(waiting).")) }
            let settings = ListeningSettings(
                mode: dictation.mode, device: dictation.device ?? configuration.audioDevice,
                threshold: dictation.silenceThreshold ?? ListeningSettings.usualThreshold,
                detectorModel: InstalledFiles.detectorModel)
            let control = DictationControl()
            let farewell =
                "Cancelled. What was recorded is in '\(tool.store.path)'; asr2clip --retry sends it after all."
            try await Session(screen: screen, control: control, farewell: farewell).run {
                try await tool.withService(configuration) { service in
                    let scribe = Scribe(
                        service: service, template: tool.template(configuration),
                        delivery: texts.delivery(screen, environment: tool.environment), report: screen.show)
                    return try await DictationSession(settings, store: tool.store, scribe: scribe, report: screen.show)
                        .run(control)
                }
            }
        }
    }
}

/// `asr2clip --retry`: sends again what was recorded and not delivered.
struct Retrying {
    private let tool: Tool
    private let texts: TextOptions

    init(_ tool: Tool, texts: TextOptions) {
        self.tool = tool
        self.texts = texts
    }

    /// Sends all that waits.
    func run() async throws {
        try await Failure.reported {
            let configuration = try tool.configuration()
            let screen = DictationScreen(isQuiet: configuration.isQuiet, environment: tool.environment)
            try texts.output.map(OutputFile.init)?.check()
            try await Session(screen: screen, control: DictationControl(listens: false)).run {
                try await tool.withService(configuration) { service in
                    let scribe = Scribe(
                        service: service, template: tool.template(configuration),
                        delivery: texts.delivery(screen, environment: tool.environment), report: screen.show)
                    return try await RetrySession(store: tool.store, scribe: scribe, report: screen.show).run()
                }
            }
        }
    }
}
