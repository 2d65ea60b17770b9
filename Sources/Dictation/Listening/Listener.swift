import AudioInput
import Basics
import BlockingWork
import SherpaOnnx
import SpeechTypes

/// Listens to a microphone on a thread of its own, and hands out recordings as they become complete.
///
/// Each sample goes to its file as it comes: the thread looks a hundred times a second, and the ring of the microphone holds
/// half a minute should the disk keep it waiting.
actor Listener {
    private let executor = QueueExecutor(label: "listener")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How often the microphone is asked.
    private static let period = Duration.milliseconds(10)
    /// A microphone that gives nothing for so long is gone, whatever the system says.
    private static let patience = Duration.seconds(3)

    private let settings: ListeningSettings
    private let store: RecordingStore
    private let report: DictationEvents
    private let queue: AsyncStream<Recording>.Continuation
    private var cutter: UtteranceCutter
    private var recording: Recording?
    private var samples = 0

    /// Describes how to listen; nothing is turned on yet.
    ///
    /// - Parameters:
    ///   - settings: How.
    ///   - store: Where recordings are kept.
    ///   - report: Told which device it is, how loud it is, and when it is over.
    ///   - queue: Given each recording, in order, as soon as it is complete; finished when there will be no more.
    init(
        _ settings: ListeningSettings, store: RecordingStore, report: @escaping DictationEvents,
        queue: AsyncStream<Recording>.Continuation
    ) {
        self.settings = settings
        self.store = store
        self.report = report
        self.queue = queue
        cutter = UtteranceCutter(settings.mode, window: VoiceActivityDetector.window)
    }

    /// Turns the device on, and listens until it is told to stop or the device is gone.
    ///
    /// - Parameter isListening: Asked all the time.
    /// - Throws: `MicrophoneError`, `RecordingError`, `CancellationError`; `ListeningError`, if the device goes away after
    ///   all that was heard has been handed out.
    func listen(while isListening: @Sendable () -> Bool) async throws {
        defer {
            report(.listened)
            queue.finish()
        }
        let detector = try settings.makeDetector()
        let microphone = try Microphone(settings.device)
        report(.started(device: microphone.device.name))
        var lastSound = ContinuousClock.now
        var isGone = false
        while isListening(), !isGone {
            try await Task.sleep(for: Self.period)
            if try take(from: microphone, detector) {
                lastSound = .now
            } else {
                isGone = !microphone.isOn || ContinuousClock.now - lastSound > Self.patience
            }
        }
        _ = try take(from: microphone, detector)
        try perform(cutter.finish())
        let overruns = microphone.overruns
        if overruns > 0 {
            report(.warning("Sound was lost \(Amounts.count(overruns, "time")): the machine was too busy to take it."))
        }
        if isGone { throw ListeningError("'\(microphone.device.name)' gives no sound any more: was it unplugged?") }
    }

    /// Takes what has come.
    ///
    /// - Returns: Whether anything had.
    private func take(from microphone: Microphone, _ detector: VoiceActivityDetector?) throws -> Bool {
        let sound = microphone.take().samples
        guard !sound.isEmpty else { return false }
        samples += sound.count
        report(.level(SoundLevel(of: sound), Duration(samples: samples)))
        try perform(cutter.receive(sound) { detector?.isSpeech($0) ?? false })
        return true
    }

    private func perform(_ steps: [UtteranceCutter.Step]) throws(RecordingError) {
        for step in steps {
            switch step {
            case .begin: recording = try store.begin()
            case .add(let sound): try recording?.append(sound)
            case .end(let count):
                guard let finished = exchange(&recording, with: nil) else { continue }
                try finished.finish(keeping: count)
                queue.yield(finished)
            }
        }
    }
}
