import Concurrency
import EngineLink
import Essentials
import SpeechTypes

/// A recording, and the live session that hears it, if any.
struct Utterance: Sendable {
    let recording: Recording
    let live: LiveItem?
}

/// Receives sound from a microphone on a thread of its own, and hands out each recording when it begins. Each sample is
/// written to its file as it arrives, and then passed to the live session, without waiting for it. If the disk blocks
/// the thread, the sound is buffered in the link and in the listening process, which has room for half a minute. If that
/// process ends, another one is started (`ListenRestarts`). The gap becomes silence in the recording.
actor Listener {
    private let executor = QueueExecutor(label: "listener")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How often `isListening` is polled.
    private static let period = Duration.milliseconds(10)

    private let settings: ListeningSettings
    private let store: RecordingStore
    private let report: DictationEvents
    private let queue: AsyncStream<Utterance>.Continuation
    private let live: LiveSpeech?
    private var link: MicrophoneLink
    private var cutter: UtteranceSegmenter
    private var mute = MuteWatch()
    private var utterance: Utterance?
    private var samples = 0
    private var overruns = 0

    private var device: String?
    /// Whether the current process has turned the device on.
    private var isOn = false
    /// How much sound the current process has delivered.
    private var heard = Duration.zero
    /// How long the current process has delivered nothing.
    private var quiet = Duration.zero
    private var lastSound = ContinuousClock.now
    /// Why there is a gap between the last sound and the next; `nil` if there is none.
    private var interruption: (reason: ListenTalk.Reason, words: String)?
    private var warnings: Set<String> = []

    init(
        _ settings: ListeningSettings, link: MicrophoneLink, store: RecordingStore, report: @escaping DictationEvents,
        queue: AsyncStream<Utterance>.Continuation, live: LiveSpeech? = nil
    ) {
        self.settings = settings
        self.link = link
        self.store = store
        self.report = report
        self.queue = queue
        self.live = live
        cutter = UtteranceSegmenter(settings.mode)
    }

    /// Listens until it is stopped, the time is up, or the device is gone.
    func listen(while isListening: @Sendable () -> Bool) async throws {
        defer {
            link.cancel()
            report(.listened)
            // Every recording that was handed out is completed, whatever ended the listening.
            complete()
            queue.finish()
        }
        var fault: Failure?
        do {
            fault = try await hear(while: isListening)
            try perform(cutter.finish())
        } catch let error as RecordingError {
            complete()
            throw error
        }
        if fault == nil, let interruption {
            let time = HumanFormat.time(ContinuousClock.now - lastSound)
            report(.warning("\(interruption.words) The last \(time) of sound is missing."))
        }
        if overruns > 0 {
            let count = HumanFormat.count(overruns, "time")
            report(.warning("Sound was lost \(count): the machine was too busy to take it."))
        }
        if let fault { throw fault }
    }

    /// Listens, restarting the process if necessary; returns `nil` if listening was stopped or the time was up.
    private func hear(while isListening: @Sendable () -> Bool) async throws -> Failure? {
        var restarts = ListenRestarts()
        while let reason = try hearOne(while: isListening) {
            link.cancel()
            let words = try await words(for: reason)
            guard let device else { return Failure(words) }
            guard let pause = restarts.pause(after: heard) else {
                return Failure(interruption?.reason == .gone ? Self.unplugged(device) : words)
            }
            interruption = interruption ?? (reason, words)
            let start = ContinuousClock.now + pause
            while isListening(), ContinuousClock.now < start { try await Task.sleep(for: Self.period) }
            guard isListening() else { return nil }
            do throws(Failure) { link = try link.again(device: device) } catch { return error }
            (isOn, heard, quiet) = (false, .zero, .zero)
        }
        return nil
    }

    /// Listens with the current process; returns `nil` if it was stopped or the time was up.
    private func hearOne(while isListening: @Sendable () -> Bool) throws -> ListenTalk.Reason? {
        let end = settings.longest?.samples ?? .max
        while isListening(), samples < end {
            if let reason = try takeNext() { return reason }
            guard quiet < (isOn ? settings.patience : MicrophoneLink.startPatience) else {
                return isOn ? .gone : .broken("The listening process does not answer.")
            }
        }
        guard isOn else { return nil }
        link.finish()
        let deadline = ContinuousClock.now + settings.patience
        while ContinuousClock.now < deadline, try takeNext() == nil {}
        return nil
    }

    /// Handles the next frame, if one arrives within `period`; returns the reason if listening has ended.
    private func takeNext() throws -> ListenTalk.Reason? {
        try Task.checkCancellation()
        // Not measured by the clock: time in which our own process was stopped does not count.
        quiet += Self.period
        switch link.next(within: Self.period) {
        case .began(let name, let fault):
            if let fault, let error = settings.fault(ofDetector: fault) { return .failed(error.description) }
            if device == nil {
                report(.started(device: name))
                lastSound = .now
            }
            (device, isOn, quiet) = (name, true, .zero)
        case .sound(let sound): try take(sound)
        case .lost(let times): overruns += times
        case .warning(let words): if warnings.insert(words).inserted { report(.warning(words)) }
        case .nothing: break
        case .over(let reason): return reason
        }
        return nil
    }

    private func take(_ sound: HeardSound) throws {
        let count = sound.samples.count
        guard count > 0 else { return }
        let now = ContinuousClock.now
        if let interruption = exchange(&interruption, with: nil) {
            let gap = max(.zero, now - lastSound - Duration(samples: count))
            let rest = "\(HumanFormat.time(gap)) of sound is missing. Listening goes on with '\(device ?? "")'."
            report(.warning("\(interruption.words) \(rest)"))
            let (silence, speech) = cutter.silence(for: gap, isHeard: sound.speech != nil)
            samples += silence.count
            try perform(cutter.receive(silence, speech: speech))
        }
        (lastSound, quiet) = (now, .zero)
        heard += Duration(samples: count)
        samples += count
        report(.level(SoundLevel(of: sound.samples), Duration(samples: samples)))
        if mute.receive(sound.samples) {
            report(
                .warning("The microphone gives only silence so far: is it muted, or the wrong one? See --list_devices.")
            )
        }
        try perform(cutter.receive(sound.samples, speech: sound.speech))
    }

    private func words(for reason: ListenTalk.Reason) async throws -> String {
        switch reason {
        case .failed(let words): words
        case .gone: Self.unplugged(device ?? "The microphone")
        case .broken(let words): words.isEmpty ? try await link.fault() : words
        }
    }

    private static func unplugged(_ device: String) -> String {
        "'\(device)' gives no sound any more: was it unplugged?"
    }

    private func perform(_ steps: [UtteranceSegmenter.Step]) throws(RecordingError) {
        for step in steps {
            switch step {
            case .begin:
                let new = Utterance(
                    recording: try store.begin(), live: live?.begin(earliestCut: cutter.earliestCut))
                utterance = new
                queue.yield(new)
            case .add(let sound):
                try utterance?.recording.append(sound)
                utterance?.live?.append(sound)
            case .end(let count, let hasSpeech): complete(keeping: count, hasSpeech: hasSpeech)
            }
        }
    }

    /// Completes the current recording. If its header cannot be corrected, it is still valid: it says "to the end".
    private func complete(keeping count: Int? = nil, hasSpeech: Bool? = nil) {
        guard let finished = exchange(&utterance, with: nil) else { return }
        finished.live?.end(keeping: count, hasSpeech: hasSpeech)
        try? finished.recording.finish(keeping: count, hasSpeech: hasSpeech)
    }
}

/// Detects a microphone that delivers only zeros from the start. Does no I/O.
struct MuteWatch {
    /// The warning is due after this many samples.
    private static let patience = Duration.seconds(5).samples
    private var zeros: Int? = 0

    /// Returns whether the warning is due now; true only once.
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

/// Decides whether and when to restart a listening process that has ended. Does no I/O. A restarting sound server is
/// back within a second. A device that is not back by then is gone.
struct ListenRestarts {
    private static let pauses: [Duration] = [.zero, .milliseconds(300), .seconds(1)]
    /// If a process has heard this much sound, its end does not count with the failures before it.
    private static let recovery = Duration.seconds(10)
    private var failures = 0

    /// Counts the end of a process; returns how long to wait before starting another; `nil` to give up.
    mutating func pause(after heard: Duration) -> Duration? {
        if heard >= Self.recovery { failures = 0 }
        defer { failures += 1 }
        return failures < Self.pauses.count ? Self.pauses[failures] : nil
    }
}
