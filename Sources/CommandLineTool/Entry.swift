public import ArgumentParser
import Dictation
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
        let isEngine = CommandLine.arguments.dropFirst().first == EngineCommand.verb
        do throws(Failure) {
            try ThreadRoom.check(for: isEngine ? ThreadRoom.engine : ThreadRoom.least)
        } catch {
            Failure.report(error.message)
            exit(EXIT_FAILURE)
        }
        Task {
            await start(command)
            exit(EXIT_SUCCESS)
        }
        dispatchMain()
    }

    /// Subcommands are told apart here: below the root command, its options would swallow theirs of the same names.
    private static func start(_ command: (some AsyncParsableCommand).Type) async {
        let arguments = arguments
        let subcommands = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        if arguments.first == EngineCommand.verb {
            await run(EngineProcessCommand.self, Array(arguments.dropFirst()))
        } else if let first = arguments.first, subcommands.contains(first) {
            await run(Subcommands.self, arguments)
        } else {
            await run(command, arguments)
        }
    }

    /// The process's arguments, those that are no UTF-8 among them.
    private static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { argument in
                SystemName.text(of: UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
            }
        }
    }

    /// Understands the arguments, long options cut short among them.
    private static func parse(
        _ root: (some AsyncParsableCommand).Type, _ arguments: [String]
    ) async throws -> any ParsableCommand {
        do {
            return try await root.asyncParseAsRoot(arguments)
        } catch  where root.exitCode(for: error) == .validationFailure {
            let whole = OptionNames(of: root).completing(arguments)
            guard whole != arguments else { throw error }
            return try await root.asyncParseAsRoot(whole)
        }
    }

    /// Does what `AsyncParsableCommand.main` does, but notices when help, version or completions cannot be written.
    private static func run(_ root: (some AsyncParsableCommand).Type, _ arguments: [String]) async {
        do {
            var command = try await parse(root, arguments)
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
