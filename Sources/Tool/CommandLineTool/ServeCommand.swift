import ArgumentParser

/// `asr2clip-serve`.
struct ServeCommand: AsyncParsableCommand {
    /// The executable name under which the program is the server.
    static let name = "asr2clip-serve"

    /// The text of `--help`.
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Serve speech recognition on this machine, over OpenAI's transcription API.",
        discussion: """
            It makes requests to other machines only to download models. Models are listed in models.yaml, load when \
            they are first asked for, and fetch themselves if the registry says from where.

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

    @Flag(name: .customLong("download-model"), help: "Fetch the default model and exit.")
    var downloadModel = false

    /// Serves until it is stopped, or downloads the default model.
    func run() async throws {
        try await Serving(options, paths: registry.paths).run(downloadOnly: downloadModel)
    }
}
