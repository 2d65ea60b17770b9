import CPortAudio

/// PortAudio, ready for use as long as somebody holds this.
final class PortAudioLibrary: Sendable {
    /// Starts the library, which looks for devices and takes some hundredths of a second.
    init() throws(MicrophoneError) {
        Self.silence
        let status = Pa_Initialize()
        try MicrophoneError.check(status, "start the sound system")
    }

    deinit {
        Pa_Terminate()
    }

    /// Asks the libraries below PortAudio, once, not to write to standard error of all that they do not find: ALSA a dozen
    /// lines on every start, JACK some more. Standard error itself is left alone: others write to it meanwhile.
    private static let silence: Void = portAudioSilenceLibraries()
}
