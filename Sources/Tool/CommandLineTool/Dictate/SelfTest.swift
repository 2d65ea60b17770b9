import ArgumentParser
import Dictation
import Essentials
import SpeechTypes

extension Tool {
    /// `asr2clip --test`: checks every step once, without touching the clipboard. Prints a line for each check: a tick
    /// and the result, or a cross and what to do.
    func test() async throws {
        var hasFailed = false
        func check(_ subject: String, _ look: () async throws -> String) async throws {
            let line: String
            do {
                line = "✓ \(subject): \(try await look())"
            } catch {
                hasFailed = true
                line = "✗ \(subject): \(SystemReason.words(for: error))"
            }
            try StandardOutput.print(line)
        }
        var found: ClientConfiguration?
        try await check("Configuration") {
            found = try configuration()
            return found?.file ?? "no file; the server on this machine is used"
        }
        if let configuration = found {
            if configuration.settings.engine == nil {
                let client = client(configuration)
                try await check("Server") {
                    try await client.checkReachable()
                    return configuration.baseURL.absoluteString
                }
                try await check("Model") { try await model(client, configuration) }
            }
            try await check("Transcription") {
                let took = try await ContinuousClock().measure { try await transcribeSilence(configuration) }
                return "a second of silence took \(HumanFormat.time(took))"
            }
        }
        let settings = found?.settings ?? flags
        try await check("Microphone") { try await microphone(settings.audioDevice) }
        try await check("Clipboard") { try Clipboard(settings.clipboard ?? .auto, environment: environment).check() }
        if hasFailed { throw ExitCode.failure }
    }

    private func model(_ client: TranscriptionClient, _ configuration: ClientConfiguration) async throws -> String {
        let offered = try await client.models()
        guard let name = configuration.settings.model else {
            guard !offered.isEmpty else { throw Failure("The server lists none. Write model_name: yourself.") }
            return try await client.usualModel().map { "\($0), the first of the server's list" }
                ?? "the server's default"
        }
        let isKnown = try await client.knows(model: name)
        guard isKnown || offered.contains(name) else {
            throw Failure("The server has no '\(name)'. It has: \(offered.joined(separator: ", ")).")
        }
        return name
    }

    private func transcribeSilence(_ configuration: ClientConfiguration) async throws {
        let silence = try store.begin()
        defer { silence.remove() }
        try silence.append([Float](repeating: 0, count: AudioBuffer.sampleRate))
        try silence.finish()
        let path = silence.path
        _ = try await withService(configuration) { service in
            var request = TranscriptionRequest(configuration.settings)
            request.file = path
            return try await service.transcribe(request)
        }
    }

    private func microphone(_ device: String?) async throws -> String {
        let trial = try await Microphones(try engine).listen(to: device, for: .milliseconds(500))
        let (name, samples) = (trial.device, trial.samples)
        guard !samples.isEmpty else { throw Failure("'\(name)' gives no sound. Choose another: --list_devices.") }
        guard samples.contains(where: { $0 != 0 }) else { return "\(name); it gives only silence: is it muted?" }
        return "\(name), \(max(0, -Int(SoundLevel(of: samples).decibels.rounded()))) dB below the loudest"
    }

    /// `asr2clip --list_devices`: prints a line for each microphone.
    func listDevices() async throws {
        let devices = try await Microphones(try engine).list()
        var table = Table("", "DEVICE", "NAME")
        for device in devices { table.add(device.isDefault ? "*" : " ", "\(device.index)", device.name) }
        try StandardOutput.print(table.text)
        if devices.isEmpty { StandardError.report("There is no device to record from.") }
    }
}
