import Concurrency
public import EngineHost
public import EngineLink
import SpeechTypes

/// The microphones of this machine, as a process of its own sees them.
public struct Microphones: Sendable {
    private let program: any EngineProgram

    /// Some sound systems take long to look for devices.
    private static let patience = Duration.seconds(30)

    /// Asks a program.
    public init(_ program: any EngineProgram) {
        self.program = program
    }

    /// All devices that sound can be recorded from.
    ///
    /// - Throws: `ListeningError` if there is no sound system, `CancellationError`; `EngineFailure` if the program cannot
    ///   be asked.
    public func list() async throws -> [SoundDevice] {
        switch try await program.ask(.devices, for: DevicesReply.self, within: Self.patience) {
        case .devices(let devices): return devices
        case .failed(let reason): throw ListeningError(reason)
        }
    }

    /// What a look at a microphone has found.
    public struct Trial: Sendable {
        /// Which it is.
        public var device: String
        /// What it gave.
        public var samples: [Float]
    }

    /// Listens for a moment.
    ///
    /// - Parameters:
    ///   - device: Which device, by number or name; `nil` means the default one.
    ///   - length: How long.
    /// - Returns: What was heard, which may be less.
    /// - Throws: `ListeningError`, `CancellationError`.
    public func listen(to device: String?, for length: Duration) async throws -> Trial {
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
            case .over(.failed(let reason)): throw ListeningError(reason)
            case .over(.broken(let reason)):
                throw ListeningError(reason.isEmpty ? try await link.fault() : reason)
            }
        }
        guard !trial.device.isEmpty else { throw ListeningError("The process that listens does not answer.") }
        return trial
    }
}
