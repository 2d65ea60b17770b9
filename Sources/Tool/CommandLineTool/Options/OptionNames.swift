import ArgumentParser

/// The long options of a command, for arguments that cut them short, as Python's argparse lets people do.
struct OptionNames {
    private let names: Set<String>

    /// Reads the names from the help of a command.
    init(of command: (some ParsableCommand).Type) {
        let help = command.helpMessage(includeHidden: true)
        names = Set(help.matches(of: /--[a-z][a-z_-]*/).map { String($0.output) })
    }

    /// The arguments with each option written out that is the beginning of one and no more; others stay as they are.
    func completing(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map(completing) + arguments[end...]
    }

    private func completing(_ argument: String) -> String {
        let option = String(argument.prefix { $0 != "=" })
        guard option.hasPrefix("--"), option.count > 2, !names.contains(option) else { return argument }
        let start = option.replacing("-", with: "_")
        // A name with underscores and one with dashes are the same option.
        let matches = Set(names.map { $0.replacing("-", with: "_") }.filter { $0.hasPrefix(start) })
        guard let match = matches.first, matches.count == 1,
            let name = names.first(where: { $0.replacing("-", with: "_") == match })
        else { return argument }
        return name + argument.dropFirst(option.count)
    }
}
