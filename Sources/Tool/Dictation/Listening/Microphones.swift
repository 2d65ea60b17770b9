import Concurrency
public import EngineHost
public import EngineLink
import SpeechTypes

/// Lists and tests the microphones of this machine, in a separate process.
public struct Microphones: Sendable {
    private let program: any EngineProgram

    /// The timeout: some sound systems take long to enumerate devices.
    private static let patience = Duration.seconds(30)

    /// Uses this program for the process.
    public init(_ program: any EngineProgram) {
        self.program = program
    }

    /// Lists all devices that can record sound.
    ///
    /// - Throws: `ListeningError` if there is no sound system, `CancellationError`; `EngineFailure` if the program
    ///   cannot be run.
    public func list() async throws -> [SoundDevice] {
        switch try await program.ask(.devices, for: DevicesReply.self, within: Self.patience) {
        case .devices(let devices): return devices
        case .failed(let reason): throw ListeningError(reason)
        }
    }

    /// The result of a test recording.
    public struct Trial: Sendable {
        /// The name of the device.
        public var device: String
        /// The recorded samples.
        public var samples: [Float]
    }

    /// Makes a short test recording.
    ///
    /// - Parameters:
    ///   - device: The device, by number or name; `nil` for the default one.
    ///   - length: How long to record.
    /// - Returns: The recording, which may be shorter.
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
