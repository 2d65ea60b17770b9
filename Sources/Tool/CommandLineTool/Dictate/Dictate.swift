import ArgumentParser
import Dictation
import Essentials
import TranscriptFormats

extension Tool {
    /// `asr2clip`, `asr2clip --vad`, `asr2clip --interval`: dictates from the microphone to the clipboard.
    func dictate(_ options: DictationOptions) async throws {
        let configuration = try configuration()
        let settings = configuration.settings
        try options.check(with: settings)
        let listening = ListeningSettings(
            settings, detectorModel: ThisProgram.detectorModel, longest: options.duration.map { .seconds($0) })
        // First of all, because turning the microphone on takes time, as do the steps that follow.
        let microphone = try MicrophoneLink(listening.order, program: try engine)
        let control = DictationControl()
        let advice = settings.isContinuous ? "Ctrl-C ends" : "Enter or Ctrl-C ends, Ctrl-C twice cancels"
        let session = Session(
            screen: screen(configuration, advice: advice), control: control, endsOnEnter: !settings.isContinuous,
            farewell: "Cancelled. What was recorded is in '\(store.path)'.\n"
                + "Send it after all with: asr2clip --retry, or delete it with: asr2clip --retry --discard")
        lookAfterRecordings(session.screen)
        try await run(session, configuration) { transcriber in
            try await transcriber.dictate(
                listening, microphone: microphone, store: store, control: control, printsWords: options.live == true)
        }
    }

    private func lookAfterRecordings(_ screen: DictationScreen) {
        let old = store.discard(olderThan: RecordingStore.longestWait)
        if old > 0 { screen.show(.note("Recordings that waited for 30 days and are deleted now: \(old).")) }
        let waiting = store.waitingCount
        guard waiting > 0 else { return }
        screen.show(
            .note(
                "Recordings that wait: \(waiting). asr2clip --retry sends them, asr2clip --retry --discard deletes them."
            ))
    }

    /// `asr2clip --retry`: sends all abandoned recordings again.
    func retry() async throws {
        var configuration = try configuration()
        // The texts arrive one after the other: by default, only the last would stay on the clipboard.
        configuration.settings.copyMode = configuration.settings.copyMode ?? .session
        try await run(Session(screen: screen(configuration)), configuration) { try await $0.retry(store) }
    }

    /// `asr2clip --retry --discard`: deletes all abandoned recordings.
    func discardRecordings() { StandardError.report("Recordings deleted: \(store.discard()).") }

    /// `asr2clip -i FILE`: transcribes files, in order, to standard output and the clipboard. `ignored` is an option
    /// without effect on them.
    func transcribe(_ files: [String], as format: ResponseFormat, ignored: String?) async throws {
        let configuration = try configuration()
        let session = Session(screen: screen(configuration))
        if let ignored { session.screen.show(.note("\(ignored) has no effect on files.")) }
        try await run(session, configuration, format) { try await $0.transcribe(files) }
    }

    /// Does a session's work with a transcriber; `delivery` is that of the configuration by default.
    func run(
        _ session: Session, _ configuration: ClientConfiguration, _ format: ResponseFormat = .text,
        delivery: TextDelivery? = nil, _ work: @escaping @Sendable (RecordingTranscriber) async throws -> SessionOutcome
    ) async throws {
        let screen = session.screen
        let delivery = try delivery ?? self.delivery(configuration, screen)
        try await session.run {
            try await withService(configuration) { service in
                try await work(
                    RecordingTranscriber(
                        service: service, engine: try engine,
                        template: TranscriptionRequest(configuration.settings, format: format), delivery: delivery,
                        report: screen.show))
            }
        }
    }
}

/// Sets up the screen, signals and keys for work that shows progress and can be stopped.
struct Session {
    let screen: DictationScreen
    /// By default, the work does not listen.
    var control = DictationControl(listens: false)
    var endsOnEnter = true
    /// Whether keys are read, and typed ones not echoed, while the work listens. A process that reads keys is stopped
    /// in the background.
    var readsKeys = true
    /// The message if the work is asked to stop, and finishes what it has in hand.
    var stopping: String?
    /// The message if the work is cancelled.
    var farewell: String?

    /// Does a session's work. Throws `ExitCode` as `SessionOutcome.exitCode` says, or 128 plus a signal's number.
    func run(_ work: @escaping @Sendable () async throws -> SessionOutcome) async throws {
        // Makes a write over the file size limit fail like one to a full disk.
        signal(SIGXFSZ, SIG_IGN)
        let signals = SignalListener([SIGINT, SIGTERM]) { [control, screen, stopping] _ in
            if control.isListening, let stopping { screen.show(.note(stopping)) }
            control.interrupt()
        }
        defer { signals.stop() }
        // Ignored below nohup(1).
        let hangUp = SignalListener([SIGHUP], unlessIgnored: true) { [control] _ in control.cancel() }
        defer { hangUp.stop() }
        // Needed even if Enter has no effect: typed keys would be echoed into the meter.
        let keys =
            control.isListening && readsKeys
            ? TerminalKeys { [control, endsOnEnter] in if endsOnEnter { control.stop() } } : nil
        defer { withExtendedLifetime(keys) {} }
        let animation = Task { [screen] in await screen.animate() }
        defer {
            animation.cancel()
            screen.close()
        }
        do {
            guard let outcome = try await control.cancellable(work) else {
                if let farewell { screen.show(.note(farewell)) }
                throw ExitCode(128 + SIGINT)
            }
            if let code = outcome.exitCode { throw code }
        } catch let error as DeliveryError where error.isClosedPipe {
            throw ExitCode(128 + SIGPIPE)
        }
    }
}

extension SessionOutcome {
    /// 1: something failed. 4: there is a text, but it is not on the clipboard. 3: there is no text. `nil` stands for
    /// 0: there is a text, and it is on the clipboard unless copying is off.
    var exitCode: ExitCode? {
        if hasFailed { return .failure }
        if lacksCopy { return ExitCode(4) }
        return hasText ? nil : ExitCode(3)
    }
}
