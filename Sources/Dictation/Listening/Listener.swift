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
    private var detector: VoiceActivityDetector?
    private var mute = MuteWatch()
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

    /// Turns the device on, and listens until it is told to stop, the time is up, or the device is gone.
    ///
    /// - Parameter isListening: Asked all the time.
    /// - Throws: `MicrophoneError`, `CancellationError`; `RecordingError`, if the disk is full, and `ListeningError`, if
    ///   the device goes away, after all that was heard has been handed out.
    func listen(while isListening: @Sendable () -> Bool) async throws {
        defer {
            report(.listened)
            queue.finish()
        }
        detector = try settings.makeDetector()
        let microphone = try Microphone(settings.device)
        report(.started(device: microphone.device.name))
        // While this one loads, the microphone's ring keeps the sound.
        detector = detector ?? settings.makeSpeechWatch()
        var isGone = false
        do {
            isGone = try await listen(to: microphone, while: isListening)
            try perform(cutter.finish())
        } catch let error as RecordingError {
            handOut()
            throw error
        }
        let overruns = microphone.overruns
        if overruns > 0 {
            report(.warning("Sound was lost \(Amounts.count(overruns, "time")): the machine was too busy to take it."))
        }
        if isGone { throw ListeningError("'\(microphone.device.name)' gives no sound any more: was it unplugged?") }
    }

    /// - Returns: Whether the device is gone.
    private func listen(to microphone: Microphone, while isListening: @Sendable () -> Bool) async throws -> Bool {
        let end = settings.longest?.samples ?? .max
        var lastSound = ContinuousClock.now
        var isGone = false
        while isListening(), !isGone, samples < end {
            try await Task.sleep(for: Self.period)
            if try take(from: microphone) {
                lastSound = .now
            } else {
                isGone = !microphone.isOn || ContinuousClock.now - lastSound > Self.patience
            }
        }
        _ = try take(from: microphone)
        return isGone
    }

    /// Takes what has come.
    ///
    /// - Returns: Whether anything had.
    private func take(from microphone: Microphone) throws -> Bool {
        let sound = microphone.take().samples
        guard !sound.isEmpty else { return false }
        samples += sound.count
        report(.level(SoundLevel(of: sound), Duration(samples: samples)))
        if mute.receive(sound) {
            report(
                .warning("The microphone gives only silence so far: is it muted, or the wrong one? See --list_devices.")
            )
        }
        try perform(cutter.receive(sound, isSpeech: detector.map { detector in { detector.isSpeech($0) } }))
        return true
    }

    private func perform(_ steps: [UtteranceCutter.Step]) throws(RecordingError) {
        for step in steps {
            switch step {
            case .begin: recording = try store.begin()
            case .add(let sound): try recording?.append(sound)
            case .end(let count, let hasSpeech): handOut(keeping: count, hasSpeech: hasSpeech)
            }
        }
    }

    /// Hands out the recording in hand. One whose header cannot be corrected is as good: it says "to the end".
    private func handOut(keeping count: Int? = nil, hasSpeech: Bool? = nil) {
        guard let finished = exchange(&recording, with: nil) else { return }
        try? finished.finish(keeping: count, hasSpeech: hasSpeech)
        queue.yield(finished)
    }
}

/// Notices a microphone that gives nothing but zeros from the start. Does no I/O.
struct MuteWatch {
    /// Nobody waits longer before the first word without wondering.
    private static let patience = Duration.seconds(5).samples
    private var zeros: Int? = 0

    /// Takes the next sound.
    ///
    /// - Returns: Whether it is time to say so: once.
    mutating func receive(_ sound: [Float]) -> Bool {
        guard let count = zeros else { return false }
        guard sound.allSatisfy({ $0 == 0 }) else {
            zeros = nil
            return false
        }
        let isLate = count + sound.count >= Self.patience
        zeros = isLate ? nil : count + sound.count
        return isLate
    }
}
