extension ModelOption {
    /// The paths in a value of this option, in order.
    func paths(in value: OptionValue) -> [String] {
        guard case .text(let text) = value else { return [] }
        return switch kind {
        case .file: [text]
        case .files: text.split(separator: ",").map(String.init)
        case .provider: text.firstIndex(of: ":").map { [String(text[text.index(after: $0)...])] } ?? []
        case .flag, .wholeNumber, .decimal, .word, .text: []
        }
    }

    /// The value with each of its paths replaced.
    fileprivate func replacingPaths(in value: OptionValue, _ replace: (String) -> String) -> OptionValue {
        let replaced = paths(in: value).map(replace)
        guard case .text(let text) = value, !replaced.isEmpty else { return value }
        if case .provider = kind { return .text(text.prefix { $0 != ":" } + ":" + replaced.joined()) }
        return .text(replaced.joined(separator: ","))
    }
}

extension ModelSpecification {
    /// The paths of all files of the model: its own, and those in its options.
    public var paths: [String] {
        files.values + family.options.flatMap { option in options.values[option.key].map(option.paths) ?? [] }
    }
}

extension ModelOptions {
    /// The options with absolute paths: relative ones are relative to the model's folder.
    public func withPaths(below directory: String, of family: ModelFamily) -> ModelOptions {
        var resolved = self
        for option in family.options {
            guard let value = values[option.key] else { continue }
            resolved.values[option.key] = option.replacingPaths(in: value) {
                $0.hasPrefix("/") ? $0 : directory + "/" + $0
            }
        }
        return resolved
    }
}
