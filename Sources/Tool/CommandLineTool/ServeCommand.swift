import ArgumentParser
import EngineLink

struct ServeCommand: AsyncParsableCommand {
    /// The executable name under which the program is the server.
    static let name = "asr2clip-serve"

    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Serve speech recognition on this machine, over OpenAI's transcription API.",
        discussion: """
            It makes requests to other machines only to download models. Models are listed in models.yaml, load when \
            they are first asked for, and are downloaded before that if the registry names a URL.

            Try it:
              asr2clip-serve
              curl http://127.0.0.1:8000/v1/audio/transcriptions \\
                -F file=@speech.wav -F model=sensevoice-small

            Any OpenAI client works: set its base URL to http://127.0.0.1:8000/v1 and any API key, \
            or one of the server's if it has some.
            """)

    @OptionGroup var options: ServeOptions
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var version: VersionFlag
    @Flag(help: "Fetch the default model and exit.") var downloadModel = false

    func run() async throws {
        try await Serving(options: options, paths: registry.paths).run(downloadOnly: downloadModel)
    }
}

/// `asr2clip serve`: the same as `asr2clip-serve`.
struct ServeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve speech recognition over OpenAI's transcription API.")

    @OptionGroup var options: ServeOptions
    @OptionGroup var registry: RegistryOptions

    func run() async throws { try await Serving(options: options, paths: registry.paths).run(downloadOnly: false) }
}

struct VersionFlag: ParsableArguments {
    @Flag(name: [.customShort("v"), .customLong("version")], help: "Show the version.") var isRequested = false

    func validate() throws {
        if isRequested { throw CleanExit.message(Version.text) }
    }
}
