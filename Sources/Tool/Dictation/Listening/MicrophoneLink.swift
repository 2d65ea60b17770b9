import Concurrency
package import EngineHost
package import EngineLink
import SpeechTypes

/// A microphone and the process that listens to it. The process starts at once and ends with the last reference. Its
/// calls block for a short time. `@unchecked Sendable` is safe as long as only one task uses it at a time, as
/// `Listener` does: `talk` is the only state that changes.
package final class MicrophoneLink: @unchecked Sendable {
    private let order: ListenOrder
    private let program: any EngineProgram
    private let session: EngineSession
    private var talk: ListenTalk

    /// If turning a device on takes longer than this, the sound system hangs.
    static let startPatience = Duration.seconds(30)

    /// Starts listening. The sound is buffered until it is read.
    package init(_ order: ListenOrder, program: any EngineProgram) throws(Failure) {
        self.order = order
        self.program = program
        talk = ListenTalk(wantsDetector: order.detector != nil)
        do throws(EngineFailure) {
            session = try EngineSession(.listen(order), on: program)
        } catch {
            throw Failure("The microphone cannot be listened to. \(error)")
        }
    }

    /// Starts another process that listens to the device of this name: its number may belong to another one by now.
    func again(device: String) throws(Failure) -> MicrophoneLink {
        var order = order
        if order.device != nil { order.device = device }
        return try MicrophoneLink(order, program: program)
    }

    /// Reads the next frame; returns `nothing` if none arrives in time.
    func next(within wait: Duration) -> ListenTalk.Event {
        do throws(FrameError) {
            switch try session.socket.receiveIfReady(limit: HeardSound.longestFrame, within: wait) {
            case .frame(let frame): return talk.take(frame, at: .now)
            case .nothing: return .nothing
            case .end: return .over(.broken(""))
            }
        } catch {
            return .over(.broken("The listening process sent \(error)."))
        }
    }

    /// Asks the process to stop. The sound heard so far can still be read; then the stream ends.
    func finish() { session.socket.finish() }
    func cancel() { session.cancel() }
    func fault() async throws -> String { try await session.failure(within: .seconds(1)).description }
}

/// Validates the frames of a listening process before they are used: the process may be compromised. Does no I/O.
struct ListenTalk {
    enum Event: Equatable {
        /// The device is on; the reason if a detector was requested and is not running.
        case began(device: String, detectorFault: String?)
        /// Sound, with one speech flag for each window that ends in it, if a detector is running.
        case sound(HeardSound)
        /// Sound was lost on the way this many more times.
        case lost(times: Int)
        case warning(String)
        case nothing
        case over(Reason)
    }

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

    init(wantsDetector: Bool) { self.wantsDetector = wantsDetector }

    mutating func take(_ frame: Frame, at now: ContinuousClock.Instant) -> Event {
        if frame.kind == .samples { return take(HeardSound(frame), at: now) }
        guard let event = try? frame.message(as: ListenEvent.self) else { return invalid("an unknown message") }
        switch event {
        case .began(let device, let fault):
            guard began == nil else { return invalid("that it began, twice") }
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

    private mutating func take(_ sound: HeardSound?, at now: ContinuousClock.Instant) -> Event {
        guard let sound else { return invalid("a malformed piece of sound") }
        guard let began else { return invalid("sound before it began") }
        guard sound.samples.count <= HeardSound.mostSamples else { return invalid("too much sound at once") }
        samples += sound.samples.count
        guard Duration(samples: samples) <= (now - began) * Self.fastest + Self.slack else {
            return invalid("more sound than a microphone delivers")
        }
        let ended = samples / SpeechWindow.samples - windows
        windows += ended
        guard sound.speech.map(\.count) == (hasDetector ? ended : nil) else {
            return invalid("speech flags that do not match the sound")
        }
        return .sound(sound)
    }

    private func invalid(_ what: String) -> Event { .over(.broken("The listening process sent \(what).")) }

    /// Makes a text from outside, such as a device name, safe to show to the user.
    private static func shown(_ text: String) -> String {
        String(SpokenText.printable(text).replacing("\n", with: " ").prefix(longestText))
    }
}

/// Lists and tests the microphones of this machine, in a separate process.
package struct Microphones: Sendable {
    private let program: any EngineProgram

    /// The timeout: some sound systems take long to enumerate devices.
    private static let patience = Duration.seconds(30)

    package init(_ program: any EngineProgram) { self.program = program }

    package func list() async throws -> [SoundDevice] {
        switch try await program.ask(.devices, for: DevicesReply.self, within: Self.patience) {
        case .devices(let devices): return devices
        case .failed(let reason): throw Failure(reason)
        }
    }

    package struct Trial: Sendable {
        package var device: String
        package var samples: [Float]
    }

    /// Makes a test recording, which may become shorter than `length`.
    package func listen(to device: String?, for length: Duration) async throws -> Trial {
        let link = try MicrophoneLink(ListenOrder(device: device), program: program)
        defer { link.cancel() }
        var trial = Trial(device: "", samples: [])
        var deadline = ContinuousClock.now + MicrophoneLink.startPatience
        while trial.samples.count < length.samples, ContinuousClock.now < deadline {
            switch try await abandonable({ link.next(within: .milliseconds(20)) }) {
            case .began(let name, _):
                trial.device = name
                deadline = .now + .seconds(3)
            case .sound(let sound): trial.samples += sound.samples
            case .nothing, .warning, .lost: break
            case .over(.gone): deadline = .now
            case .over(.failed(let reason)): throw Failure(reason)
            case .over(.broken(let reason)): throw Failure(reason.isEmpty ? try await link.fault() : reason)
            }
        }
        guard !trial.device.isEmpty else { throw Failure("The listening process does not answer.") }
        return trial
    }
}
