public import ArgumentParser
import Engine

/// Where both executables begin.
public enum Entry {
    /// Runs a command with the process's arguments, or an engine or a subcommand if they say so.
    ///
    /// Subcommands are told apart here: below the root command, its options would swallow theirs of the same names.
    public static func main(_ command: (some AsyncParsableCommand).Type) async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let subcommands = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        if arguments.first == EngineCommand.verb {
            await EngineProcessCommand.main(Array(arguments.dropFirst()))
        } else if let first = arguments.first, subcommands.contains(first) {
            await Subcommands.main(arguments)
        } else {
            await command.main(arguments)
        }
    }
}

/// The subcommands of `asr2clip` below a root without options.
struct Subcommands: AsyncParsableCommand {
    static let all: [any ParsableCommand.Type] = [
        ServeSubcommand.self, TranscribeCommand.self, ModelsCommand.self, PsCommand.self,
    ]
    static let configuration = CommandConfiguration(commandName: "asr2clip", subcommands: all)
}
