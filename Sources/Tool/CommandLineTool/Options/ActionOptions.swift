import ArgumentParser

/// The action of `asr2clip`; dictation by default.
struct ActionOptions: ParsableArguments {
    /// The possible actions.
    enum Action {
        case dictate, transcribe, retry, serve, downloadModel, test, listDevices, edit, generateConfiguration
        case printConfiguration

        /// The option that selects it.
        var word: String {
            switch self {
            case .dictate: "dictation"
            case .transcribe: "-i"
            case .retry: "--retry"
            case .serve: "--serve"
            case .downloadModel: "--download-model"
            case .test: "--test"
            case .listDevices: "--list_devices"
            case .edit: "--edit"
            case .generateConfiguration: "--generate_config"
            case .printConfiguration: "--print_config"
            }
        }
    }

    @Option(
        name: [.customShort("i", allowingJoined: true), .customLong("input")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Transcribe a file; - is standard input. May be repeated.", valueName: "file"),
        completion: .file())
    var namedInputs: [String] = []

    @Flag(name: .customLong("stdin"), help: .hidden)
    var readsStandardInput = false

    @Flag(help: "Send again what was recorded and could not be transcribed.")
    var retry = false

    @Flag(help: "With --retry: delete it instead.")
    var discard = false

    @Flag(help: "Serve speech recognition over OpenAI's transcription API.")
    var serve = false

    @Flag(name: .both("download_model"), help: "Fetch the default model and exit.")
    var downloadModel = false

    @Flag(help: "Check configuration, server, model, microphone and clipboard, and say what to do.")
    var test = false

    @Flag(name: .both("list_devices"), help: "List the microphones.")
    var listDevices = false

    @Flag(name: .shortAndLong, help: "Open the configuration file in $VISUAL or $EDITOR; it is made if there is none.")
    var edit = false

    @Flag(
        name: .both("generate_config"),
        help: "Write a configuration file to begin with to the file that -c names, or to standard output.")
    var generateConfiguration = false

    @Flag(name: .both("print_config"), help: "Show the configuration in force.")
    var printConfiguration = false

    @Option(
        name: [.customShort("c", allowingJoined: true), .long],
        help: ArgumentHelp(
            "The configuration file. (default: ./asr2clip.conf, ~/.config/asr2clip/config.yaml, "
                + "~/.config/asr2clip.conf or ~/.asr2clip.conf) With --serve and --download-model: the model registry. "
                + "(default: ~/.local/share/asr2clip/models.yaml)",
            valueName: "file"),
        completion: .file())
    var config: String?

    func validate() throws {
        guard retry || !discard else { throw ValidationError("--discard belongs to --retry.") }
        guard let second = actions.dropFirst().first, let first = actions.first else { return }
        throw ValidationError("\(first.word) and \(second.word) exclude one another.")
    }

    /// The files to transcribe; `-` is standard input, which is `--stdin` in the Python tool.
    var inputs: [String] { namedInputs + (readsStandardInput ? ["-"] : []) }

    /// The selected action.
    var action: Action { actions.first ?? .dictate }

    private var actions: [Action] {
        let wishes: [(Bool, Action)] = [
            (!inputs.isEmpty, .transcribe), (retry, .retry), (serve, .serve), (downloadModel, .downloadModel),
            (test, .test), (listDevices, .listDevices), (edit, .edit), (generateConfiguration, .generateConfiguration),
            (printConfiguration, .printConfiguration),
        ]
        return wishes.filter(\.0).map(\.1)
    }
}
