import ArgumentParser
package import Dictation
import Essentials
package import TranscriptFormats

/// The action of `asr2clip`; dictation by default.
struct ActionOptions: ParsableArguments {
    /// The possible actions; the raw value is the option that selects one.
    enum Action: String {
        case dictate = "dictation"
        case transcribe = "-i"
        case retry = "--retry"
        case serve = "--serve"
        case downloadModel = "--download-model"
        case test = "--test"
        case listDevices = "--list_devices"
        case edit = "--edit"
        case generateConfiguration = "--generate_config"
        case printConfiguration = "--print_config"
    }

    @Option(
        name: [.customShort("i", allowingJoined: true), .customLong("input")], parsing: .unconditionalSingleValue,
        help: .value("file", "Transcribe a file; - is standard input. May be repeated."), completion: .file())
    var namedInputs: [String] = []

    @Flag(name: .customLong("stdin"), help: .hidden) var readsStandardInput = false
    @Flag(help: "Send again what was recorded and could not be transcribed.") var retry = false
    @Flag(help: "With --retry: delete it instead.") var discard = false
    @Flag(help: "Serve speech recognition over OpenAI's transcription API.") var serve = false
    @Flag(name: .both("download_model"), help: "Fetch the default model and exit.") var downloadModel = false
    @Flag(help: "Check configuration, server, model, microphone and clipboard, and say what to do.") var test = false
    @Flag(name: .both("list_devices"), help: "List the microphones.") var listDevices = false

    @Flag(name: .shortAndLong, help: "Open the configuration file in $VISUAL or $EDITOR; it is made if there is none.")
    var edit = false

    @Flag(
        name: .both("generate_config"),
        help: "Write a configuration file to begin with to the file that -c names, or to standard output.")
    var generateConfiguration = false

    @Flag(name: .both("print_config"), help: "Show the configuration in force.") var printConfiguration = false

    @Option(
        name: [.customShort("c", allowingJoined: true), .long],
        help: .value(
            "file",
            "The configuration file. (default: ./asr2clip.conf, ~/.config/asr2clip/config.yaml, "
                + "~/.config/asr2clip.conf or ~/.asr2clip.conf) With --serve and --download-model: the model registry. "
                + "(default: ~/.local/share/asr2clip/models.yaml)"), completion: .file())
    var config: String?

    func validate() throws {
        guard retry || !discard else { throw ValidationError("--discard belongs to --retry.") }
        guard let second = actions.dropFirst().first, let first = actions.first else { return }
        throw ValidationError("\(first.rawValue) and \(second.rawValue) exclude one another.")
    }

    /// The files to transcribe; `-` is standard input, which is `--stdin` in the Python tool.
    var inputs: [String] { namedInputs + (readsStandardInput ? ["-"] : []) }
    var action: Action { actions.first ?? .dictate }

    private var actions: [Action] {
        let requested: [(Bool, Action)] = [
            (!inputs.isEmpty, .transcribe), (retry, .retry), (serve, .serve), (downloadModel, .downloadModel),
            (test, .test), (listDevices, .listDevices), (edit, .edit), (generateConfiguration, .generateConfiguration),
            (printConfiguration, .printConfiguration),
        ]
        return requested.filter(\.0).map(\.1)
    }
}

struct DictationOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Go on until Ctrl-C: each utterance becomes text as soon as a pause ends it.")
    var vad: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: .init(
            "Print words while you speak, as they become final. Speech is sent while it is said: without either option, "
                + "only to a server on this machine, and to others if the configuration says live: true."))
    var live: Bool?

    @Option(
        help: .value(
            "seconds",
            "Go on until Ctrl-C: text at least every so many seconds. With --vad, the longest utterance. "
                + "(with --vad: 60)"))
    var interval: Double?

    @Option(
        name: .both("silence_threshold"),
        help: .value("probability", "How sure it must be that somebody speaks, 0 to 1. (default: 0.5)"))
    var silenceThreshold: Double?

    @Option(
        name: .both("silence_duration"), help: .value("seconds", "The pause that ends an utterance. (default: 1.5)"))
    var silenceDuration: Double?

    @Option(
        name: [.customShort("d", allowingJoined: true), .long],
        help: .value("seconds", "Stop listening after so many seconds."))
    var duration: Double?

    @Option(help: .value("device", "Microphone, by number or a part of its name.")) var device: String?

    func validate() throws {
        func check(_ name: String, _ value: Double?, _ range: ClosedRange<Double>, _ unit: String = "") throws {
            guard let value, !range.contains(value) else { return }
            let (low, high) = (HumanFormat.number(range.lowerBound), HumanFormat.number(range.upperBound))
            throw ValidationError(
                "The \(name) must be from \(low) to \(high)\(unit), not \(HumanFormat.number(value)).")
        }
        try check("interval", interval, ConfigurationSettings.intervals, " seconds")
        try check("silence threshold", silenceThreshold, ConfigurationSettings.thresholds)
        try check("silence duration", silenceDuration, ConfigurationSettings.silences, " seconds")
        try check("duration", duration, 0.1...86_400, " seconds")
    }

    var settings: ConfigurationSettings {
        var settings = ConfigurationSettings()
        settings.vad = vad
        settings.live = live
        settings.interval = interval
        settings.silenceDuration = silenceDuration
        settings.silenceThreshold = silenceThreshold
        settings.audioDevice = device
        return settings
    }

    /// The given options that apply only to dictation.
    var given: [String] {
        names(ofGiven: [
            "--vad": vad, "--live": live, "--interval": interval, "--silence_threshold": silenceThreshold,
            "--silence_duration": silenceDuration, "--duration": duration,
        ])
    }

    func check(with settings: ConfigurationSettings) throws(Failure) {
        guard settings.vad == true || (silenceThreshold == nil && silenceDuration == nil) else {
            throw Failure("--silence_threshold and --silence_duration belong to --vad.")
        }
    }
}

struct RequestOptions: ParsableArguments {
    @Option(
        help: .value(
            "address",
            "Server with OpenAI's transcription API. (default: the configuration's, else "
                + "\(ClientConfiguration.localServer))"))
    var url: String?

    @Option(help: .value("name", "Model to ask for. (default: the configuration's, else the server's)"))
    var model: String?

    @Option(help: .value("code", "Language of the speech, such as en. (default: detected)")) var language: String?
    @Option(help: .value("text", "Names and words to expect, for models that use them.")) var prompt: String?
    @Flag(name: .shortAndLong, help: "Show texts, warnings and errors only.") var quiet = false

    var settings: ConfigurationSettings {
        var settings = ConfigurationSettings()
        settings.baseURL = url
        settings.model = model
        settings.language = language
        settings.prompt = prompt
        settings.isQuiet = quiet ? true : nil
        return settings
    }
}

struct FormatOption: ParsableArguments {
    @Option(help: .value("format", "How transcripts of files are written. (default: text)")) var format: ResponseFormat?
}

/// The options for delivering texts, in addition to standard output.
struct TextOptions: ParsableArguments {
    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: .value("file", "Append texts to a file as well; those that are dictated with their time."),
        completion: .file())
    var output: String?

    @Option(help: .value("way", "How to reach the clipboard. (default: auto)")) var clipboard: ClipboardChoice?

    @Option(
        help: .value(
            "texts", "What the clipboard has after several texts: the last one, or all of the session. (default: last)")
    )
    var copy: TextDelivery.CopyMode?

    var settings: ConfigurationSettings {
        var settings = ConfigurationSettings()
        settings.output = output
        settings.clipboard = clipboard
        settings.copyMode = copy
        return settings
    }
}

extension NameSpecification {
    /// A long name with underscores, as in the Python tool, and with dashes.
    static func both(_ name: String) -> Self { [.customLong(name), .customLong(name.replacing("_", with: "-"))] }
}

extension ResponseFormat: ExpressibleByArgument {}

extension TextDelivery.CopyMode: ExpressibleByArgument {}

extension ClipboardChoice: ExpressibleByArgument {
    package init?(argument: String) {
        guard let choice = Self.allCases.first(where: { $0.word == argument }) else { return nil }
        self = choice
    }

    package static var allValueStrings: [String] { allCases.map(\.word) }
}
