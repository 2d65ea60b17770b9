import ArgumentParser

/// The long options of a command, to complete abbreviated ones, as Python's argparse does.
struct OptionNames {
    private let names: Set<String>

    /// Reads the names from the help of a command.
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
