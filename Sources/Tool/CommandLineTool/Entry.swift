import ArgumentParser
import Concurrency
import Dictation
import Dispatch
import Essentials

package enum Entry {
    /// Runs the command of the process's arguments and ends the process. Under the name `asr2clip-serve`, which is a
    /// link, the program is the server. Not asynchronous: Swift's runtime would have opened file descriptors of its own
    /// by then.
    package static func main() -> Never {
        StandardStreams.prepare()
        if let lack = ThreadRoom.lack(of: ThreadRoom.least) {
            StandardError.report(lack)
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

    /// Subcommands are recognised here: below the root command, its options would take theirs of the same names.
    private static func start(_ command: (some AsyncParsableCommand).Type) async {
        let arguments = arguments
        let subcommands = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        let isSubcommand = arguments.first.map(subcommands.contains) ?? false
        if isSubcommand { await run(Subcommands.self, arguments) } else { await run(command, arguments) }
    }

    /// The process's arguments, including those that are not UTF-8.
    private static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { argument in
                SystemName.text(of: UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
            }
        }
    }

    /// Parses the arguments, including abbreviated long options.
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

    /// Does the same as `AsyncParsableCommand.main`, but fails if help, version or completions cannot be written.
    private static func run(_ root: (some AsyncParsableCommand).Type, _ arguments: [String]) async {
        do {
            var command = try await parse(root, arguments)
            if let command = command as? any AsyncParsableCommand { await execute(command) } else { try command.run() }
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
                StandardError.report(error.description)
                exit(EXIT_FAILURE)
            }
        }
    }

    /// Runs a command; if it fails, ends the process after a line on standard error that says what is wrong.
    private static func execute(_ command: any AsyncParsableCommand) async {
        do {
            var command = command
            try await command.run()
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            StandardError.report(SystemReason.words(for: error))
            exit(EXIT_FAILURE)
        }
    }
}

/// A root command without options for the subcommands of `asr2clip`.
struct Subcommands: AsyncParsableCommand {
    static let all: [any ParsableCommand.Type] = [
        ServeSubcommand.self, TranscribeCommand.self, ModelsCommand.self, PsCommand.self,
    ]
    static let configuration = CommandConfiguration(commandName: "asr2clip", subcommands: all)
}

/// The long options of a command, to complete abbreviated ones, as Python's argparse does.
struct OptionNames {
    private let names: Set<String>

    init(of command: (some ParsableCommand).Type) {
        let help = command.helpMessage(includeHidden: true)
        names = Set(help.matches(of: /--[a-z][a-z_-]*/).map { String($0.output) })
    }

    /// Completes each option that is the prefix of exactly one option; other arguments stay unchanged.
    func completing(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map(completing) + arguments[end...]
    }

    private func completing(_ argument: String) -> String {
        let option = String(argument.prefix { $0 != "=" })
        guard option.hasPrefix("--"), option.count > 2, !names.contains(option) else { return argument }
        let start = option.replacing("-", with: "_")
        // Names with underscores and with dashes are the same option.
        let matches = Set(names.map { $0.replacing("-", with: "_") }.filter { $0.hasPrefix(start) })
        guard let match = matches.first, matches.count == 1,
            let name = names.first(where: { $0.replacing("-", with: "_") == match })
        else { return argument }
        return name + argument.dropFirst(option.count)
    }
}
