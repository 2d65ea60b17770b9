import Essentials
import SystemPackage

/// The texts of `--generate_config` and `--print_config`.
package enum ConfigurationTemplate {
    /// A template file: the lines that are not commented out are the defaults.
    package static let text = """
        # asr2clip: how speech becomes text. Its usual place is ~/.config/asr2clip/config.yaml

        # A server with OpenAI's transcription API; this one is asr2clip-serve on this machine.
        api_base_url: "\(ClientConfiguration.localServer)"
        # api_key: ""            # if the server wants one; else also OPENAI_API_KEY
        # model_name: ""         # the server's default model, unless you name one
        # org_id: ""
        # language: en           # unless the model is to detect it
        # prompt: ""
        # audio_device: ""       # asr2clip --list_devices shows them
        # quiet: false

        # Dictation, unless flags say otherwise.
        # vad: false             # go on until Ctrl-C, a text for each utterance
        # silence_duration: 1.5  # the pause that ends an utterance, in seconds
        # silence_threshold: 0.5
        # interval: 20           # go on until Ctrl-C, a text at least every 20 s
        # clipboard: auto        # how to reach it, or none
        # live: false            # hear speech while it is said; by default if the server is on this machine
        # copy: last             # or session: all that was said so far
        # output: ~/notes.txt    # a file that texts are appended to

        # Without a server: the tool runs the model itself.
        # engine: sherpa_onnx
        # model_config_path: ~/.local/share/asr2clip/models.yaml
        # model_dir: ~/.local/share/asr2clip/models
        # num_threads: 4

        """

    /// Writes a file that only its owner can read, since a key may be put into it. Creates missing parent folders.
    package static func write(to path: String) throws(Failure) {
        try? FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure("Cannot write the configuration to '\(path)': \(SystemReason.words(for: errno)).")
        }
        let file = FileDescriptor(rawValue: descriptor)
        do {
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch {
            throw Failure("Cannot write the configuration to '\(path)': \(error).")
        }
    }
}

extension ClientConfiguration {
    /// The configuration in force, in the file's format, with the key masked.
    package var yaml: String {
        var lines = [file.map { "# from \($0)" } ?? "# no configuration file"]
        func add(_ key: String, text: String?) {
            let escaped = (text ?? "").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            lines.append("\(key): \"\(escaped)\"")
        }
        func add<Value>(_ key: String, _ value: Value?) {
            if let value { lines.append("\(key): \(value)") }
        }
        add("api_base_url", text: baseURL.absoluteString)
        add("api_key", text: settings.apiKey?.description)
        add("model_name", text: settings.model)
        add("org_id", text: settings.organization)
        add("language", text: settings.language)
        add("prompt", text: settings.prompt)
        add("audio_device", text: settings.audioDevice)
        add("quiet", isQuiet)
        add("live", settings.live)
        add("vad", settings.vad)
        add("interval", settings.interval)
        add("silence_duration", settings.silenceDuration)
        add("silence_threshold", settings.silenceThreshold)
        add("clipboard", settings.clipboard?.word)
        add("copy", settings.copyMode?.rawValue)
        if let output = settings.output { add("output", text: output) }
        if let engine = settings.engine {
            add("engine", "sherpa_onnx")
            add("model_config_path", text: engine.registry)
            add("model_dir", text: engine.modelDirectory)
            add("num_threads", engine.numThreads)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
