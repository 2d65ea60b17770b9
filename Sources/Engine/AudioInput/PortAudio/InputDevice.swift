import CPortAudio

/// An input device.
public struct InputDevice: Sendable, Equatable {
    /// Its number, which may change when devices are added or removed.
    public let index: Int
    /// Its name in the system.
    public let name: String
    /// Whether it is the default input device.
    public let isDefault: Bool
    /// Its default sample rate, in Hz.
    let sampleRate: Double
    /// The number of channels.
    let channels: Int
    /// The latency, in seconds, at which it should lose no audio on a busy machine.
    let latency: Double

    /// Lists all input devices.
    ///
    /// - Throws: `MicrophoneError` if there is no sound system.
    public static func all() throws(MicrophoneError) -> [InputDevice] {
        try list(in: PortAudioLibrary())
    }

    static func list(in library: PortAudioLibrary) throws(MicrophoneError) -> [InputDevice] {
        defer { withExtendedLifetime(library) {} }
        let count = Pa_GetDeviceCount()
        try MicrophoneError.check(count, "list the sound devices")
        let standard = Pa_GetDefaultInputDevice()
        return (0..<count).compactMap { index in
            guard let info = Pa_GetDeviceInfo(index)?.pointee, info.maxInputChannels > 0 else { return nil }
            return InputDevice(
                index: Int(index), name: info.name.map { String(cString: $0) } ?? "device \(index)",
                isDefault: index == standard, sampleRate: info.defaultSampleRate, channels: Int(info.maxInputChannels),
                latency: info.defaultHighInputLatency)
        }
    }

    /// Finds the requested device.
    ///
    /// - Parameters:
    ///   - wish: A number, a name, or a part of exactly one name, in any case; `nil` for the default device.
    ///   - devices: The devices to choose from.
    /// - Returns: The device.
    /// - Throws: `MicrophoneError`, which lists the devices, if none or several match.
    static func find(_ wish: String?, among devices: [InputDevice]) throws(MicrophoneError) -> InputDevice {
        guard !devices.isEmpty else {
            throw MicrophoneError(
                "There is no device to record from. Plug in a microphone, or start PipeWire or PulseAudio.")
        }
        guard let wish else {
            guard let device = devices.first(where: \.isDefault) ?? devices.first else {
                preconditionFailure("The list is not empty.")
            }
            return device
        }
        if let number = Int(wish), let device = devices.first(where: { $0.index == number }) { return device }
        if let device = devices.first(where: { $0.name == wish }) { return device }
        let matches = devices.filter { $0.name.lowercased().contains(wish.lowercased()) }
        if let device = matches.first, matches.count == 1 { return device }
        let list = (matches.isEmpty ? devices : matches).map { "\($0.index) '\($0.name)'" }.joined(separator: ", ")
        throw MicrophoneError(
            matches.isEmpty
                ? "There is no device '\(wish)' to record from. There are: \(list)."
                : "Several devices are like '\(wish)': \(list). Name one by its number.")
    }
}
