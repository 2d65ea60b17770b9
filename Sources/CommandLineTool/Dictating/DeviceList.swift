import AudioInput

/// `asr2clip --list_devices`.
enum DeviceList {
    /// Prints a line for each microphone.
    ///
    /// - Throws: `MicrophoneError`, `Failure`.
    static func print() throws {
        let devices = try InputDevice.all()
        var table = Table("", "DEVICE", "NAME")
        for device in devices { table.add(device.isDefault ? "*" : " ", "\(device.index)", device.name) }
        try StandardOutput.print(table.text)
        if devices.isEmpty { Failure.report("There is no device to record from.") }
    }
}
