import Essentials
import SpeechTypes

/// Listens to a microphone and writes down what is said, while listening goes on.
public struct DictationSession: Sendable {
    private let settings: ListeningSettings
    private let microphone: MicrophoneLink
    private let store: RecordingStore
    private let scribe: RecordingTranscriber
    private let report: DictationEvents

    /// Describes a session.
    ///
    /// - Parameters:
    ///   - settings: How the microphone is listened to.
    ///   - microphone: The microphone, which is on already or is being turned on.
    ///   - store: Where recordings are kept.
    ///   - scribe: Turns recordings into texts.
    ///   - report: Told what happens.
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

    /// Listens until it is told to stop, and finishes what was said.
    ///
    /// Texts come in the order in which they were said. One that fails is reported and does not end the session. If
    /// listening fails, what was heard before is finished all the same.
    /// - Throws: `ListeningError`, `RecordingError`, `CancellationError`, and `DeliveryError` if nobody
    ///   reads standard output any more.
    public func run(_ control: DictationControl) async throws -> SessionOutcome {
        // Unbounded, but of file names: the sound itself is on disk.
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
