public import ArgumentParser

/// `asr2clip`.
public struct ClipCommand: AsyncParsableCommand {
    /// What `--help` says.
    public static let configuration = CommandConfiguration(
        commandName: "asr2clip",
        abstract: "Speech to text on this machine.",
        discussion: """
            With --serve it is the same server as asr2clip-serve:
              asr2clip --serve
              asr2clip --serve --host 0.0.0.0 --port 9000
              asr2clip --download-model
            """,
        version: Version.text,
        subcommands: Subcommands.all)

    @Flag(help: "Serve speech recognition over OpenAI's transcription API.")
    var serve = false

    @Flag(name: .customLong("download-model"), help: "Fetch the default model and exit.")
    var downloadModel = false

    @OptionGroup(title: "Server options") var options: ServeOptions

    /// For the argument parser.
    public init() {}

    /// Refuses a call that says nothing to do.
    public func validate() throws {
        guard serve || downloadModel else {
            throw ValidationError(
                "Say what to do: --serve to serve, --download-model to fetch the default model, or a subcommand.")
        }
        guard !(serve && downloadModel) else {
            throw ValidationError("--serve and --download-model exclude one another; --serve fetches what is missing.")
        }
    }

    /// Serves until it is told to stop, or fetches the default model.
    public func run() async throws {
        try await Serving(options).run(downloadOnly: downloadModel)
    }
}
