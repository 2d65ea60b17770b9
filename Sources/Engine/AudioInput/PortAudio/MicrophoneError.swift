import CPortAudio

/// Why the microphone cannot be used.
public struct MicrophoneError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and what to do, in a sentence or two.
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    /// - Parameters:
    ///   - status: The status that PortAudio returned.
    ///   - deed: The action that failed, such as "open 'USB Audio'".
    init(_ status: PaError, deed: String) {
        let reason = Pa_GetErrorText(status).map { String(cString: $0) } ?? "error \(status)"
        description = "Cannot \(deed): \(reason). asr2clip --list_devices shows the devices there are."
    }

    /// Throws if a PortAudio status means failure.
    static func check(_ status: PaError, _ deed: @autoclosure () -> String) throws(MicrophoneError) {
        if status < 0 { throw MicrophoneError(status, deed: deed()) }
    }
}
