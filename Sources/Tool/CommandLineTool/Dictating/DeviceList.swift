import Dictation

/// `asr2clip --list_devices`.
enum DeviceList {
    /// Prints a line for each microphone.
    ///
    /// - Throws: `ListeningError`, `EngineFailure`, `Failure`.
    static func print(_ microphones: Microphones) async throws {
        let devices = try await microphones.list()
        var table = Table("", "DEVICE", "NAME")
        for device in devices { table.add(device.isDefault ? "*" : " ", "\(device.index)", device.name) }
        try StandardOutput.print(table.text)
        if devices.isEmpty { Failure.report("There is no device to record from.") }
    }
}
