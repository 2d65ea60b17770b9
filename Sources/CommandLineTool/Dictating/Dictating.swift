import Dictation

/// `asr2clip`, `asr2clip --vad`, `asr2clip --interval`: from the microphone to the clipboard.
struct Dictating {
    let tool: Tool
    let dictation: DictationOptions
    let texts: TextOptions

    /// Listens and writes down, until it is stopped.
    func run() async throws {
        try await Failure.reported {
            let configuration = try tool.configuration()
            let screen = DictationScreen(
                isQuiet: configuration.isQuiet,
                advice: dictation.isContinuous ? "Ctrl-C ends" : "Enter or Ctrl-C ends, Ctrl-C twice cancels",
                environment: tool.environment)
            try texts.checkOutput()
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
                try await tool.withScribe(configuration, texts, screen) { scribe in
                    try await DictationSession(settings, store: tool.store, scribe: scribe, report: screen.show)
                        .run(control)
                }
            }
        }
    }
}

/// `asr2clip --retry`: sends again what was recorded and not delivered.
struct Retrying {
    let tool: Tool
    let texts: TextOptions

    /// Sends all that waits.
    func run() async throws {
        try await Failure.reported {
            let configuration = try tool.configuration()
            let screen = DictationScreen(isQuiet: configuration.isQuiet, environment: tool.environment)
            try texts.checkOutput()
            try await Session(screen: screen, control: DictationControl(listens: false)).run {
                try await tool.withScribe(configuration, texts, screen) { scribe in
                    try await RetrySession(store: tool.store, scribe: scribe, report: screen.show).run()
                }
            }
        }
    }
}

extension Tool {
    /// Lends what writes down recordings.
    fileprivate func withScribe<R: Sendable>(
        _ configuration: ClientConfiguration, _ texts: TextOptions, _ screen: DictationScreen,
        _ body: @Sendable (Scribe) async throws -> R
    ) async throws -> R {
        try await withService(configuration) { service in
            try await body(
                Scribe(
                    service: service, template: template(configuration),
                    delivery: texts.delivery(screen, environment: environment), report: screen.show))
        }
    }
}
