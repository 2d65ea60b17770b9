import EngineLink
import SpeechTypes

/// What comes of a process that listens, looked at before it is used: the process may have been taken over. Does no I/O.
struct ListenTalk {
    /// What a frame tells.
    enum News: Equatable {
        /// The device is on; why no detector listens along, if one was asked for.
        case began(device: String, detectorFault: String?)
        /// Sound, with as many words on speech as windows end in it.
        case sound(HeardSound)
        /// So many more times, sound was lost before it came here.
        case lost(times: Int)
        /// Something for the user.
        case warning(String)
        /// Nothing of interest.
        case nothing
        /// Nothing more is to be heard.
        case over(Reason)
    }

    /// Why nothing more is to be heard.
    enum Reason: Equatable {
        /// The device cannot be turned on.
        case failed(String)
        /// The device gives no sound any more.
        case gone
        /// The process has ended, or says what it may not.
        case broken(String)
    }

    /// What of sound may come at once: some systems give what they have kept.
    private static let slack = Duration.seconds(60)
    /// A device's clock is never so much faster than ours.
    private static let fastest = 1.1
    /// Nobody reads more of them.
    private static let mostWarnings = 10
    /// Names of devices and other words are not longer.
    private static let longestText = 300

    private var began: ContinuousClock.Instant?
    private var samples = 0
    private var windows = 0
    private var overruns = 0
    private var warnings = 0
    private let wantsDetector: Bool
    private var hasDetector = false

    /// Begins with what is said first.
    ///
    /// - Parameter wantsDetector: Whether a detector was asked for.
    init(wantsDetector: Bool) {
        self.wantsDetector = wantsDetector
    }

    /// Takes the next frame.
    mutating func take(_ frame: Frame, at now: ContinuousClock.Instant) -> News {
        if frame.kind == .samples { return take(HeardSound(frame), at: now) }
        guard let event = try? frame.message(as: ListenEvent.self) else { return lie("a message of another kind") }
        switch event {
        case .began(let device, let fault):
            guard began == nil else { return lie("that it begins, twice") }
            began = now
            hasDetector = wantsDetector && fault == nil
            return .began(device: Self.shown(device), detectorFault: fault.map(Self.shown))
        case .failed(let reason): return .over(.failed(Self.shown(reason)))
        case .gone: return .over(.gone)
        case .warning(let text):
            warnings += 1
            return warnings > Self.mostWarnings ? .nothing : .warning(Self.shown(text))
        case .lost(let times):
            let new = min(max(times, overruns), 1 << 32) - overruns
            overruns += max(0, new)
            return .lost(times: max(0, new))
        }
    }

    private mutating func take(_ sound: HeardSound?, at now: ContinuousClock.Instant) -> News {
        guard let sound else { return lie("what is no sound") }
        guard let began else { return lie("sound before it begins") }
        guard sound.samples.count <= HeardSound.mostSamples else { return lie("too much sound at once") }
        samples += sound.samples.count
        guard Duration(samples: samples) <= (now - began) * Self.fastest + Self.slack else {
            return lie("more sound than a microphone gives")
        }
        let ended = samples / SpeechWindow.samples - windows
        windows += ended
        guard sound.speech.map(\.count) == (hasDetector ? ended : nil) else {
            return lie("of speech what does not fit the sound")
        }
        return .sound(sound)
    }

    private func lie(_ what: String) -> News { .over(.broken("The process that listens says \(what).")) }

    /// What the user may be shown of a text that others made, such as a device.
    private static func shown(_ text: String) -> String {
        String(SpokenText.printable(text).replacing("\n", with: " ").prefix(longestText))
    }
}
