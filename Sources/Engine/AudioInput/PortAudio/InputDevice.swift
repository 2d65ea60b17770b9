import CPortAudio

/// An input device.
package struct InputDevice: Sendable {
    /// Its number, which may change when devices are added or removed.
    package let index: Int
    package let name: String
    package let isDefault: Bool
    /// In Hz; the device's default.
    let sampleRate: Double
    /// The latency, in seconds, at which it should lose no audio on a busy machine.
    let latency: Double

    /// The status of initialising PortAudio, which ends with the process. The libraries below it would report every
    /// missing device to standard error, which is not redirected, since other code writes to it meanwhile.
    private static let initialised: PaError = {
        portAudioSilenceLibraries()
        return Pa_Initialize()
    }()

    /// Lists all input devices; throws if there is no sound system.
    package static func all() throws(MicrophoneError) -> [InputDevice] {
        try MicrophoneError.check(initialised, "start the sound system")
        let count = Pa_GetDeviceCount()
        try MicrophoneError.check(count, "list the sound devices")
        let standard = Pa_GetDefaultInputDevice()
        return (0..<count).compactMap { index in
            guard let info = Pa_GetDeviceInfo(index)?.pointee, info.maxInputChannels > 0 else { return nil }
            return InputDevice(
                index: Int(index), name: info.name.map { String(cString: $0) } ?? "device \(index)",
                isDefault: index == standard, sampleRate: info.defaultSampleRate, latency: info.defaultHighInputLatency)
        }
    }

    /// Finds the requested device: by its number, its name, or a part of its name in any case that no other device has;
    /// `nil` for the default device. Throws an error that lists the devices if none or several match.
    static func find(_ requested: String?, among devices: [InputDevice]) throws(MicrophoneError) -> InputDevice {
        guard let first = devices.first else {
            throw MicrophoneError(
                "There is no device to record from. Plug in a microphone, or start PipeWire or PulseAudio.")
        }
        guard let requested else { return devices.first(where: \.isDefault) ?? first }
        if let number = Int(requested), let device = devices.first(where: { $0.index == number }) { return device }
        if let device = devices.first(where: { $0.name == requested }) { return device }
        let matches = devices.filter { $0.name.lowercased().contains(requested.lowercased()) }
        if let device = matches.first, matches.count == 1 { return device }
        let list = (matches.isEmpty ? devices : matches).map { "\($0.index) '\($0.name)'" }.joined(separator: ", ")
        throw MicrophoneError(
            matches.isEmpty
                ? "There is no device '\(requested)' to record from. There are: \(list)."
                : "Several devices are like '\(requested)': \(list). Name one by its number.")
    }
}

/// Why the microphone cannot be used.
package struct MicrophoneError: Error, Sendable, CustomStringConvertible {
    /// What failed and what to do, in a sentence or two.
    package let description: String

    init(_ description: String) { self.description = description }

    /// Throws if a PortAudio status means that the action, such as "open 'USB Audio'", failed.
    static func check(_ status: PaError, _ action: @autoclosure () -> String) throws(MicrophoneError) {
        guard status < 0 else { return }
        let reason = Pa_GetErrorText(status).map { String(cString: $0) } ?? "error \(status)"
        throw MicrophoneError("Cannot \(action()): \(reason). asr2clip --list_devices shows the devices there are.")
    }
}
