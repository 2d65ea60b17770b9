import ArgumentParser
import Concurrency
import Dictation
import Dispatch
import Essentials

/// Where the program begins, under each of its names.
public enum Entry {
    /// Runs what the process's arguments say, and ends the process. Called `asr2clip-serve`, which is a link to it, the program
    /// is the server.
    ///
    /// It is not asynchronous: Swift's runtime would have opened descriptors of its own by then.
    public static func main() -> Never {
        StandardStreams.prepare()
        if let lack = ThreadRoom.lack(of: ThreadRoom.least) {
            Failure.report(lack)
            exit(EXIT_FAILURE)
        }
        Task {
            if isCalledServer { await start(ServeCommand.self) } else { await start(ClipCommand.self) }
            exit(EXIT_SUCCESS)
        }
        dispatchMain()
    }

    private static var isCalledServer: Bool {
        CommandLine.arguments.first?.split(separator: "/").last.map(String.init) == ServeCommand.name
    }

    /// Subcommands are told apart here: below the root command, its options would swallow theirs of the same names.
    private static func start(_ command: (some AsyncParsableCommand).Type) async {
        let arguments = arguments
        let subcommands = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        if let first = arguments.first, subcommands.contains(first) {
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
