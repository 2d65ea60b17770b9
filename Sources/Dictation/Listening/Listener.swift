import AudioInput
import BlockingWork
import SherpaOnnx
import SpeechTypes

/// Listens to a microphone on a thread of its own, and hands out recordings as they become complete.
///
/// Each sample goes to its file as it comes: the thread looks fifty times a second, and the ring of the microphone holds
/// half a minute should the disk keep it waiting.
actor Listener {
    private let executor = QueueExecutor(label: "listener")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How often the microphone is asked.
    private static let period = Duration.milliseconds(20)
    /// A microphone that gives nothing for so long is gone, whatever the system says.
    private static let patience = Duration.seconds(3)

    private let store: RecordingStore
    private let microphone: Microphone
    private let detector: VoiceActivityDetector?
    private var cutter: UtteranceCutter
    private var recording: Recording?
    private var samples = 0

    /// Turns a device on.
    ///
    /// - Throws: `MicrophoneError`, `ListeningError`.
    init(_ settings: ListeningSettings, store: RecordingStore) throws {
        self.store = store
        cutter = UtteranceCutter(settings.mode, window: VoiceActivityDetector.window)
        detector = try settings.makeDetector()
        microphone = try Microphone(settings.device)
    }

    /// Which device it is.
    nonisolated var device: InputDevice { microphone.device }

    /// Listens until it is told to stop, or the device is gone.
    ///
    /// - Parameters:
    ///   - isListening: Asked all the time.
    ///   - onLevel: Told how loud it is and how long it has been listened.
    ///   - onRecording: Given each recording, in order, as soon as it is complete.
    /// - Returns: How often sound was lost on its way.
    /// - Throws: `ListeningError`, after all that was heard has been handed out; `RecordingError`, `CancellationError`.
    func listen(
        while isListening: @Sendable () -> Bool, onLevel: @Sendable (SoundLevel, Duration) -> Void,
        onRecording: @Sendable (Recording) -> Void
    ) async throws -> Int {
        var lastSound = ContinuousClock.now
        var isGone = false
        while isListening(), !isGone {
            try await Task.sleep(for: Self.period)
            if try take(onLevel, onRecording) {
                lastSound = .now
            } else {
                isGone = !microphone.isOn || ContinuousClock.now - lastSound > Self.patience
            }
        }
        _ = try take(onLevel, onRecording)
        try perform(cutter.finish(), onRecording)
        if isGone { throw ListeningError("'\(microphone.device.name)' gives no sound any more: was it unplugged?") }
        return microphone.overruns
    }

    /// Takes what has come.
    ///
    /// - Returns: Whether anything had.
    private func take(
        _ onLevel: (SoundLevel, Duration) -> Void, _ onRecording: (Recording) -> Void
    ) throws -> Bool {
        let sound = microphone.take().samples
        guard !sound.isEmpty else { return false }
        samples += sound.count
        onLevel(SoundLevel(of: sound), Duration(samples: samples))
        try perform(cutter.receive(sound) { detector?.isSpeech($0) ?? false }, onRecording)
        return true
    }

    private func perform(_ steps: [UtteranceCutter.Step], _ onRecording: (Recording) -> Void) throws {
        for step in steps {
            switch step {
            case .begin: recording = try store.begin()
            case .add(let sound): try recording?.append(sound)
            case .end(let count):
                guard let finished = exchange(&recording, with: nil) else { continue }
                try finished.finish(keeping: count)
                onRecording(finished)
            }
        }
    }
}
