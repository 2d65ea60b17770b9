public import ArgumentParser
import Dispatch
import Engine
import Foundation

/// Where both executables begin.
public enum Entry {
    /// Runs a command with the process's arguments, or an engine or a subcommand if they say so, and ends the process.
    ///
    /// It is not asynchronous: Swift's runtime would have opened descriptors of its own by then.
    public static func main(_ command: (some AsyncParsableCommand).Type) -> Never {
        StandardStreams.prepare()
        Task {
            await start(command)
            exit(EXIT_SUCCESS)
        }
        dispatchMain()
    }

    /// Subcommands are told apart here: below the root command, its options would swallow theirs of the same names.
    private static func start(_ command: (some AsyncParsableCommand).Type) async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let subcommands = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        if arguments.first == EngineCommand.verb {
            await run(EngineProcessCommand.self, Array(arguments.dropFirst()))
        } else if let first = arguments.first, subcommands.contains(first) {
            await run(Subcommands.self, arguments)
        } else {
            await run(command, arguments)
        }
    }

    /// Does what `AsyncParsableCommand.main` does, but notices when help, version or completions cannot be written.
    private static func run(_ root: (some AsyncParsableCommand).Type, _ arguments: [String]) async {
        do {
            var command = try await root.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let status = root.exitCode(for: error)
            let text = root.fullMessage(for: error)
            guard !text.isEmpty else { exit(status.rawValue) }
            guard status == .success else {
                StandardError.write(text + "\n")
                exit(status.rawValue)
            }
            do {
                try StandardOutput.print(text)
                exit(EXIT_SUCCESS)
            } catch {
                Failure.report(error.message)
                exit(EXIT_FAILURE)
            }
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
