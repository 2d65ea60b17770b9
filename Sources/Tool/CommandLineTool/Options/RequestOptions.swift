import ArgumentParser
import Dictation

extension NameSpecification {
    /// A long name with underscores, as in the Python tool, and with dashes.
    static func both(_ name: String) -> Self {
        [.customLong(name), .customLong(name.replacing("_", with: "-"))]
    }
}

/// The options that are sent to the server or engine with each recording.
struct RequestOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Server with OpenAI's transcription API. (default: the configuration's, else \(ClientConfiguration.localServer))",
            valueName: "address"))
    var url: String?

    @Option(
        help: ArgumentHelp("Model to ask for. (default: the configuration's, else the server's)", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("Language of the speech, such as en. (default: detected)", valueName: "code"))
    var language: String?

    @Option(help: ArgumentHelp("Names and words to expect, for models that use them.", valueName: "text"))
    var prompt: String?

    @Flag(name: .shortAndLong, help: "Show texts, warnings and errors only.")
    var quiet = false

    /// The options as a source of settings.
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
