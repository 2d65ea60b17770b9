import Essentials
import SystemPackage

/// The texts of `--generate_config` and `--print_config`.
public enum ConfigurationTemplate {
    /// A template file: the lines that are not commented out are the defaults.
    public static let text = """
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
        # copy: last             # or session: all that was said so far
        # output: ~/notes.txt    # a file that texts are appended to

        # Without a server: the tool runs the model itself.
        # engine: sherpa_onnx
        # model_config_path: ~/.local/share/asr2clip/models.yaml
        # model_dir: ~/.local/share/asr2clip/models
        # num_threads: 4

        """

    /// Writes a file that only its owner can read, since a key may be put into it. Creates missing parent folders.
    ///
    /// - Throws: `ConfigurationError` if the file exists, or cannot be written.
    public static func write(to path: String) throws(ConfigurationError) {
        try? FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw ConfigurationError("Cannot write the configuration to '\(path)': \(reason).")
        }
        let file = FileDescriptor(rawValue: descriptor)
        do {
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch {
            throw ConfigurationError("Cannot write the configuration to '\(path)': \(error).")
        }
    }
}

extension ClientConfiguration {
    /// The configuration in force, in the file's format, with the key masked.
    public var yaml: String {
        func quoted(_ text: String?) -> String { Self.quoted(text) }
        var lines = [
            file.map { "# from \($0)" } ?? "# no configuration file",
            "api_base_url: \(quoted(baseURL.absoluteString))", "api_key: \(quoted(apiKey?.description))",
            "model_name: \(quoted(model))", "org_id: \(quoted(organization))", "language: \(quoted(language))",
            "prompt: \(quoted(prompt))", "audio_device: \(quoted(audioDevice))", "quiet: \(isQuiet)",
        ]
        lines += dictation.yaml
        if let engine {
            lines += ["engine: sherpa_onnx", "model_config_path: \(quoted(engine.registry))"]
            lines.append("model_dir: \(quoted(engine.modelDirectory))")
            if let threads = engine.numThreads { lines.append("num_threads: \(threads)") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func quoted(_ text: String?) -> String {
        "\"" + (text ?? "").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
