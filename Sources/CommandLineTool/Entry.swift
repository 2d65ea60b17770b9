public import ArgumentParser
import Engine

/// Where both executables begin.
public enum Entry {
    /// Runs a command with the process's arguments, or an engine if they say so.
    ///
    /// The hidden `engine` is told apart here: as a subcommand its options would mix with those of the root command.
    public static func main(_ command: (some AsyncParsableCommand).Type) async {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == EngineCommand.verb {
            await EngineProcessCommand.main(Array(arguments.dropFirst()))
        } else {
            await command.main(Array(arguments))
        }
    }
}
