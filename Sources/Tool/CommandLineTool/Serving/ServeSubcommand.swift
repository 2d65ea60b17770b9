import ArgumentParser

/// `asr2clip serve`: the same as `asr2clip-serve`.
struct ServeSubcommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve speech recognition over OpenAI's transcription API.")

    @OptionGroup var options: ServeOptions
    @OptionGroup var registry: RegistryOptions

    func run() async throws {
        try await Serving(options, paths: registry.paths).run(downloadOnly: false)
    }
}
