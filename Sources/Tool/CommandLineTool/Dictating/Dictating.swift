import Dictation

/// `asr2clip`, `asr2clip --vad`, `asr2clip --interval`: dictates from the microphone to the clipboard.
struct Dictating {
    let tool: Tool
    let dictation: DictationOptions

    /// Listens and transcribes until it is stopped.
    func run() async throws {
        try await Failure.reported {
            let configuration = try tool.configuration()
            let wanted = configuration.dictation
            try dictation.check(with: wanted)
            let settings = ListeningSettings(
                mode: wanted.mode, device: dictation.device ?? configuration.audioDevice,
                threshold: wanted.silenceThreshold ?? ListeningSettings.usualThreshold,
                detectorModel: InstalledFiles.detectorModel, longest: dictation.duration.map { .seconds($0) })
            // First of all, because turning the microphone on takes time, as do the steps that follow.
            let microphone = try MicrophoneLink(settings, program: try tool.engine)
            let screen = DictationScreen(
                isQuiet: configuration.isQuiet,
                advice: wanted.isContinuous ? "Ctrl-C ends" : "Enter or Ctrl-C ends, Ctrl-C twice cancels",
                environment: tool.environment)
            try tool.outputFile(configuration)?.check()
            lookAfterRecordings(screen)
            let control = DictationControl()
            let farewell =
                "Cancelled. What was recorded is in '\(tool.store.path)'.\n"
                + "Send it after all with: asr2clip --retry, or delete it with: asr2clip --retry --discard"
            try await Session(
                screen: screen, control: control, endsOnEnter: !wanted.isContinuous, farewell: farewell
            ).run {
                try await tool.withScribe(configuration, screen) { scribe in
                    try await DictationSession(
                        settings, microphone: microphone, store: tool.store, scribe: scribe, report: screen.show
                    ).run(control)
                }
            }
        }
    }

    private func lookAfterRecordings(_ screen: DictationScreen) {
        let old = tool.store.discard(olderThan: RecordingStore.longestWait)
        if old > 0 { screen.show(.note("Recordings that waited for 30 days and are deleted now: \(old).")) }
        let waiting = tool.store.waitingCount
        guard waiting > 0 else { return }
        screen.show(
            .note(
                "Recordings that wait: \(waiting). asr2clip --retry sends them, asr2clip --retry --discard deletes them."
            ))
    }
}

/// `asr2clip --retry`: sends abandoned recordings again.
struct Retrying {
    let tool: Tool

    /// Sends all abandoned recordings.
    func run() async throws {
        try await Failure.reported {
            var configuration = try tool.configuration()
            // The texts arrive one after the other: by default, only the last would stay on the clipboard.
            configuration.dictation.copyMode = configuration.dictation.copyMode ?? .session
            let screen = DictationScreen(isQuiet: configuration.isQuiet, environment: tool.environment)
            try tool.outputFile(configuration)?.check()
            try await Session(screen: screen, control: DictationControl(listens: false)).run { [configuration] in
                try await tool.withScribe(configuration, screen) { scribe in
                    try await RetrySession(store: tool.store, scribe: scribe, report: screen.show).run()
                }
            }
        }
    }

    /// Deletes all abandoned recordings.
    func discard() {
        Failure.report("Recordings deleted: \(tool.store.discard()).")
    }
}

extension Tool {
    /// Calls `body` with a transcriber of recordings.
    fileprivate func withScribe<R: Sendable>(
        _ configuration: ClientConfiguration, _ screen: DictationScreen,
        _ body: @Sendable (RecordingTranscriber) async throws -> R
    ) async throws -> R {
        try await withService(configuration) { service in
            try await body(
                RecordingTranscriber(
                    service: service, template: template(configuration), delivery: delivery(configuration, screen),
                    report: screen.show))
        }
    }
}
