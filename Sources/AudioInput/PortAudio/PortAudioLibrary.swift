import CPortAudio
import Foundation

/// PortAudio, ready for use as long as somebody holds this.
final class PortAudioLibrary: Sendable {
    /// Starts the library, which looks for devices and takes some hundredths of a second.
    init() throws(MicrophoneError) {
        let status = Self.quietly { Pa_Initialize() }
        try MicrophoneError.check(status, "start the sound system")
    }

    deinit {
        Pa_Terminate()
    }

    /// Makes a call into the sound system, which writes to standard error of all it does not find: ALSA a dozen lines
    /// on every start, JACK some more.
    static func quietly<R>(_ call: () -> R) -> R {
        let saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer {
            if saved >= 0 {
                dup2(saved, STDERR_FILENO)
                close(saved)
            }
            if null >= 0 { close(null) }
        }
        if saved >= 0, null >= 0 { dup2(null, STDERR_FILENO) }
        return call()
    }
}
