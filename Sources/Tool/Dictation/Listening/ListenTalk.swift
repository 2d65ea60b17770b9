import EngineLink
import SpeechTypes

/// Validates the frames of a listening process before they are used: the process may be compromised. Does no I/O.
struct ListenTalk {
    /// The content of a frame.
    enum News: Equatable {
        /// The device is on; the reason if a detector was requested and is not running.
        case began(device: String, detectorFault: String?)
        /// Sound, with one speech flag for each window that ends in it, if a detector is running.
        case sound(HeardSound)
        /// Sound was lost on the way this many more times.
        case lost(times: Int)
        /// A warning for the user.
        case warning(String)
        /// Nothing to report.
        case nothing
        /// Listening has ended.
        case over(Reason)
    }

    /// Why listening has ended.
    enum Reason: Equatable {
        /// The device cannot be turned on.
        case failed(String)
        /// The device no longer delivers sound.
        case gone
        /// The process has ended, or sent something invalid. Empty if it has ended.
        case broken(String)
    }

    /// How much sound may arrive at once: some systems deliver sound they had buffered.
    private static let slack = Duration.seconds(60)
    /// No device's clock runs this much faster than ours.
    private static let fastest = 1.1
    /// Further warnings are dropped.
    private static let mostWarnings = 10
    /// Device names and messages are cut to this many characters.
    private static let longestText = 300

    private var began: ContinuousClock.Instant?
    private var samples = 0
    private var windows = 0
    private var overruns = 0
    private var warnings = 0
    private let wantsDetector: Bool
    private var hasDetector = false

    /// Creates a validator that has received no frame yet.
    ///
    /// - Parameter wantsDetector: Whether a detector was requested.
    init(wantsDetector: Bool) {
        self.wantsDetector = wantsDetector
    }

    /// Validates the next frame.
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

    /// Makes a text from outside, such as a device name, safe to show to the user.
    private static func shown(_ text: String) -> String {
        String(SpokenText.printable(text).replacing("\n", with: " ").prefix(longestText))
    }
}
