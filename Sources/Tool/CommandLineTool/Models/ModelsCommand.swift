import ArgumentParser

/// `asr2clip models`: the registered models on this machine, whether or not a server is running.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List, fetch, show, remove and check the registered models.",
        discussion: """
            They are listed in models.yaml; a server that runs on the same folder notices what changes.

            Try it:
              asr2clip models
              asr2clip models pull sensevoice-small
            """,
        subcommands: [ListModels.self, PullModels.self, ShowModel.self, RemoveModels.self, CheckModels.self],
        defaultSubcommand: ListModels.self)
}

/// The options of all commands about models.
struct ModelsOptions: ParsableArguments {
    @OptionGroup var registry: RegistryOptions

    @Flag(help: "Write JSON to standard output.")
    var json = false
}
