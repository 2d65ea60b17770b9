import CPortAudio

/// Keeps PortAudio initialised until it is released.
final class PortAudioLibrary: Sendable {
    /// Initialises the library, which looks for devices and takes some hundredths of a second.
    init() throws(MicrophoneError) {
        Self.silence
        let status = Pa_Initialize()
        try MicrophoneError.check(status, "start the sound system")
    }

    deinit {
        Pa_Terminate()
    }

    /// Stops the libraries below PortAudio, once, from reporting every missing device to standard error: ALSA writes a
    /// dozen lines on every start, JACK some more. Standard error is not redirected, since other code writes to it
    /// meanwhile.
    private static let silence: Void = portAudioSilenceLibraries()
}
