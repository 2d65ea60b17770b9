import Essentials
import SpeechTypes

/// Listens to a microphone and transcribes the speech while it goes on listening.
public struct DictationSession: Sendable {
    private let settings: ListeningSettings
    private let microphone: MicrophoneLink
    private let store: RecordingStore
    private let scribe: RecordingTranscriber
    private let report: DictationEvents

    /// Creates a session.
    ///
    /// - Parameters:
    ///   - settings: How to listen to the microphone.
    ///   - microphone: The microphone, which is already on or being turned on.
    ///   - store: Where recordings are kept.
    ///   - scribe: Transcribes recordings.
    ///   - report: Called with each event.
    public init(
        _ settings: ListeningSettings, microphone: MicrophoneLink, store: RecordingStore, scribe: RecordingTranscriber,
        report: @escaping DictationEvents
    ) {
        self.settings = settings
        self.microphone = microphone
        self.store = store
        self.scribe = scribe
        self.report = report
    }

    /// Listens until it is stopped, then finishes the recordings that are left.
    ///
    /// Texts are delivered in the order in which they were said. If one fails, this is reported and the session goes
    /// on. If listening fails, the sound recorded before is still transcribed.
    /// - Throws: `ListeningError`, `RecordingError`, `CancellationError`, and `DeliveryError` if the reader of standard
    ///   output has closed the pipe.
    public func run(_ control: DictationControl) async throws -> SessionOutcome {
        // Unbounded, but it holds only file names: the sound itself is on disk.
        let (recordings, queue) = AsyncStream.makeStream(of: Recording.self, bufferingPolicy: .unbounded)
        let listener = Listener(settings, link: microphone, store: store, report: report, queue: queue)
        async let listening: Void = listener.listen { control.isListening }
        var outcome = SessionOutcome.silent
        let isMeant = settings.mode == .untilStopped
        for await recording in recordings {
            outcome += try await scribe.write(recording, isMeant: isMeant)
        }
        try await listening
        return outcome
    }
}
