import ArgumentParser
import Essentials
import Dictation
import SpeechTypes

/// `asr2clip --test`: checks every step once, without touching the clipboard.
struct SelfTest {
    let tool: Tool
    let dictation: DictationOptions

    /// Prints a line for each check: a tick and the result, or a cross and what to do.
    ///
    /// - Throws: `ExitCode` 1 if any fails.
    func run() async throws {
        var hasFailed = false
        func check(_ subject: String, _ look: () async throws -> String) async throws {
            let line: String
            do {
                line = "✓ \(subject): \(try await look())"
            } catch {
                hasFailed = true
                line = "✗ \(subject): \(Failure(explaining: error).message)"
            }
            try StandardOutput.print(line)
        }
        var configuration: ClientConfiguration?
        try await check("Configuration") {
            let found = try tool.configuration()
            configuration = found
            return found.file ?? "no file; the server on this machine is used"
        }
        if let configuration { try await checkService(configuration, check) }
        try await check("Microphone") { try await microphone(configuration) }
        try await check("Clipboard") {
            try Clipboard(configuration?.dictation.clipboard ?? .auto, environment: tool.environment).check()
        }
        if hasFailed { throw ExitCode.failure }
    }

    private func checkService(
        _ configuration: ClientConfiguration, _ check: (String, () async throws -> String) async throws -> Void
    ) async throws {
        if configuration.engine == nil {
            let client = tool.client(configuration)
            try await check("Server") {
                try await client.checkReachable()
                return configuration.baseURL.absoluteString
            }
            try await check("Model") { try await model(client, configuration) }
        }
        try await check("Transcription") {
            let took = try await ContinuousClock().measure { try await transcribe(configuration) }
            return "a second of silence took \(HumanFormat.time(took))"
        }
    }

    private func model(_ client: TranscriptionClient, _ configuration: ClientConfiguration) async throws -> String {
        let offered = try await client.models()
        guard let name = configuration.model else {
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

    private func transcribe(_ configuration: ClientConfiguration) async throws {
        let silence = try tool.store.begin()
        defer { silence.remove() }
        try silence.append([Float](repeating: 0, count: AudioBuffer.sampleRate))
        try silence.finish()
        let path = silence.path
        _ = try await tool.withService(configuration) { service in
            var request = tool.template(configuration)
            request.file = path
            return try await service.transcribe(request)
        }
    }

    private func microphone(_ configuration: ClientConfiguration?) async throws -> String {
        let trial = try await Microphones(try tool.engine).listen(
            to: dictation.device ?? configuration?.audioDevice, for: .milliseconds(500))
        let (name, samples) = (trial.device, trial.samples)
        guard !samples.isEmpty else { throw Failure("'\(name)' gives no sound. Choose another: --list_devices.") }
        guard samples.contains(where: { $0 != 0 }) else {
            return "\(name); it gives only silence: is it muted?"
        }
        return "\(name), \(max(0, -Int(SoundLevel(of: samples).decibels.rounded()))) dB below the loudest"
    }
}
