import CPortAudio

/// Something that sound can be recorded from.
public struct InputDevice: Sendable, Equatable {
    /// Its number, which may change when devices come and go.
    public let index: Int
    /// What the system calls it.
    public let name: String
    /// Whether it is the one that is used unless another is named.
    public let isDefault: Bool
    /// Samples in a second that it gives of its own.
    let sampleRate: Double
    /// How many channels it has.
    let channels: Int
    /// The delay, in seconds, at which it promises not to lose anything on a busy machine.
    let latency: Double

    /// All devices that sound can be recorded from.
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

    /// Finds the device that somebody means.
    ///
    /// - Parameters:
    ///   - wish: A number, a name, or the only name's part, in any case; `nil` means the default device.
    ///   - devices: The devices there are.
    /// - Returns: The device.
    /// - Throws: `MicrophoneError` that lists them, if none or several fit.
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
