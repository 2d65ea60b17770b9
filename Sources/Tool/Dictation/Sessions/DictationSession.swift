package import EngineHost
import Essentials
import SpeechTypes
import Synchronization

/// An event of a session, for display.
package enum DictationEvent: Sendable {
    /// The microphone with this name is on.
    case started(device: String)
    /// The current level, and how long the session has listened.
    case level(SoundLevel, Duration)
    case listened
    /// The end of what has been recognised of the current recording so far; empty if there is none any more.
    case live(String)
    /// A recording is complete and is being transcribed; its length, if known.
    case transcribing(Duration?)
    /// The length of the recording that is being transcribed, if known.
    case length(Duration?)
    case progress(TranscriptionProgress)
    /// A transcription has ended, with or without success.
    case transcribed
    /// The counts of a run through an archive.
    case archive(ArchiveCounts)
    /// A part of such a run has been done; for display where the counts cannot be shown as they change.
    case step(String)
    /// A note that is not about a failure.
    case note(String)
    /// A failure after which the work goes on.
    case warning(String)
}

/// Receives the events. Called from any thread; returns at once.
package typealias DictationEvents = @Sendable (DictationEvent) -> Void

/// The outcome of a session, or of a part of it.
package struct SessionOutcome: Sendable, Equatable {
    /// Whether something failed, which has been reported.
    package var hasFailed = false
    package var hasText = false
    package var lacksCopy = false

    package static let silent = SessionOutcome()
    package static let delivered = SessionOutcome(hasText: true)
    package static let notCopied = SessionOutcome(hasText: true, lacksCopy: true)
    package static let failed = SessionOutcome(hasFailed: true)

    package static func += (whole: inout SessionOutcome, part: SessionOutcome) {
        whole.hasFailed = whole.hasFailed || part.hasFailed
        whole.hasText = whole.hasText || part.hasText
        whole.lacksCopy = whole.lacksCopy || part.lacksCopy
    }
}

/// Transcribes recordings and delivers the texts; a recording is kept until its text has been delivered.
package struct RecordingTranscriber: Sendable {
    let service: any TranscriptionService
    let engine: any EngineProgram
    let template: TranscriptionRequest
    let delivery: TextDelivery
    let report: DictationEvents

    /// A shorter recording cannot contain speech, and servers reject it.
    static let shortest = Duration.milliseconds(100)
    /// A longer recording probably contains speech: it is kept even if its text is empty.
    private static let longestBlank = Duration.seconds(2)

    /// Uses `template`, to which each recording is added, for the requests to `service`. The program `engine` reads the
    /// headers of files.
    package init(
        service: any TranscriptionService, engine: any EngineProgram, template: TranscriptionRequest,
        delivery: TextDelivery, report: @escaping DictationEvents
    ) {
        self.service = service
        self.engine = engine
        self.template = template
        self.delivery = delivery
        self.report = report
    }

    /// Listens until it is stopped, and transcribes the recordings while it goes on listening. Texts are delivered in
    /// the order in which they were said. If one fails, this is reported and the session goes on. If listening fails,
    /// the sound recorded before is still transcribed. With `printsWords`, words are printed as soon as they are final.
    ///
    /// - Throws: `Failure`, `RecordingError`, `CancellationError`, and `DeliveryError` if the reader of standard
    ///   output has closed the pipe.
    package func dictate(
        _ settings: ListeningSettings, microphone: MicrophoneLink, store: RecordingStore, control: DictationControl,
        printsWords: Bool = false
    ) async throws -> SessionOutcome {
        // Unbounded, but it holds only file names: the sound itself is on disk.
        let (utterances, queue) = AsyncStream.makeStream(of: Utterance.self, bufferingPolicy: .unbounded)
        let live = service.liveSpeech(template, printsWords: printsWords, report: report)
        if printsWords, live == nil { report(.warning("--live has no effect: live speech needs a server.")) }
        let listener = Listener(settings, link: microphone, store: store, report: report, queue: queue, live: live)
        // Cancelled when the last text has been delivered.
        async let _: Void? = live?.run()
        async let listening: Void = listener.listen { control.isListening }
        var outcome = SessionOutcome.silent
        for await utterance in utterances {
            outcome += try await transcribe(
                utterance.recording, live: utterance.live, isMeant: settings.mode == .untilStopped)
        }
        try await listening
        return outcome
    }

    /// Sends all abandoned recordings again, oldest first. Failures are reported. Throws like `dictate`.
    package func retry(_ store: RecordingStore) async throws -> SessionOutcome {
        let waiting = try store.takeWaiting()
        if waiting.isEmpty { report(.note("No recording waits to be sent.")) }
        var outcome = SessionOutcome.silent
        for recording in waiting {
            report(.note("Recorded \(recording.began.localStamp):"))
            outcome += try await transcribe(recording)
        }
        return outcome
    }

    /// Transcribes one recording when it is complete, delivers the text, and removes the recording. If a detector heard
    /// no speech in it, it is not sent: models invent words for silence. Failures are reported with the path of the
    /// recording, which is then kept. `live` hears the recording while it is made. `isMeant` says whether the user
    /// started and stopped it, and so meant it to contain speech.
    func transcribe(
        _ recording: Recording, live: LiveItem? = nil, isMeant: Bool = true
    ) async throws -> SessionOutcome {
        var printed = SpokenTextStream()
        do {
            if let live, live.isPrinted {
                for await words in live.words { try await delivery.print(printed.add(words)) }
            }
            try await recording.untilComplete()
            guard printed.hasPrinted || mayHoldSpeech(recording, isMeant: isMeant) else { return .silent }
            let text = SpokenText.cleaned(try await self.text(of: recording, live))
            guard !text.isEmpty else {
                if printed.hasPrinted { try await delivery.print("\n") }
                keepBlank(recording, "No speech was recognised.")
                return .silent
            }
            try await delivery.print(printed.end(of: text) + "\n")
            let outcome = try await delivery.keep(text, saidAt: recording.began, report: report)
            recording.remove()
            return outcome
        } catch let error where error is ClientError || error is DeliveryError {
            // The next text must start on a new line.
            if printed.hasPrinted, error is ClientError { try? await delivery.print("\n") }
            report(.warning("\(error)\nThe recording is kept: \(recording.path)\nSend it again with: asr2clip --retry"))
            // If the reader has closed the pipe, the session ends, as in `asr2clip --vad | head -1`.
            if let error = error as? DeliveryError, error.isClosedPipe { throw error }
            return .failed
        }
    }

    /// Whether a recording may hold speech; if not, says so, and removes it unless that could be a mistake.
    private func mayHoldSpeech(_ recording: Recording, isMeant: Bool) -> Bool {
        if recording.duration < Self.shortest {
            report(.note("Too short to hold speech."))
            recording.remove()
            return false
        }
        if recording.isSilent {
            // In a continuous session, `MuteWatch` gives this warning, once.
            if isMeant {
                report(
                    .warning("The microphone gives only silence: is it muted, or the wrong one? See --list_devices."))
            }
            recording.remove()
            return false
        }
        if recording.hasSpeech == false {
            if isMeant { keepBlank(recording, "No speech was heard.") } else { recording.remove() }
            return false
        }
        return true
    }

    /// Keeps a recording that was meant to contain speech although its text is empty.
    private func keepBlank(_ recording: Recording, _ words: String) {
        guard recording.duration > Self.longestBlank else {
            report(.note(words))
            return recording.remove()
        }
        report(
            .warning(
                "\(words) The recording is kept: \(recording.path)\n"
                    + "Send it again with: asr2clip --retry, or delete it with: asr2clip --retry --discard"))
    }

    /// The text of the live session, or else that of the file.
    private func text(of recording: Recording, _ live: LiveItem?) async throws -> String {
        report(.transcribing(recording.duration))
        defer { report(.transcribed) }
        if let text = try await live?.text() { return text }
        var request = template
        request.file = recording.path
        request.fileName = "recording.wav"
        request.duration = recording.duration
        return try await service.transcribe(request) { report(.progress($0)) }
    }
}

/// Lets the user stop or cancel a running session: the first Ctrl-C stops listening, and the session finishes what was
/// said. The second cancels the session, and so does the first if listening has already ended.
package final class DictationControl: Sendable {
    private enum State { case listening, finishing, cancelled }

    private let state: Mutex<State>
    /// Only ever finished, so the buffer never holds an element.
    private let cancellation = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Controls one session; `listens` says whether it starts by listening.
    package init(listens: Bool = true) { state = Mutex(listens ? .listening : .finishing) }
    package var isListening: Bool { state.withLock { $0 == .listening } }

    /// Stops listening; later calls have no effect.
    package func stop() { state.withLock { if $0 == .listening { $0 = .finishing } } }

    package func interrupt() {
        let isCancelled = state.withLock { state in
            state = state == .listening ? .finishing : .cancelled
            return state == .cancelled
        }
        if isCancelled { cancellation.continuation.finish() }
    }

    package func cancel() {
        state.withLock { $0 = .cancelled }
        cancellation.continuation.finish()
    }

    /// Does a session's work; returns early, with `nil`, if it is cancelled.
    package func cancellable<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R? {
        try await result(of: work) { [cancellation] in for await _ in cancellation.stream {} }
    }
}

/// Does some work, which is cancelled when `end` returns; returns `nil` in that case.
func result<R: Sendable>(
    of work: @escaping @Sendable () async throws -> R, until end: @escaping @Sendable () async throws -> Void
) async throws -> R? {
    try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await end()
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
