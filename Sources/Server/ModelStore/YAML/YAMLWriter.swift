/// Writes nodes as YAML, as blocks or in braces.
struct YAMLWriter {
    /// How many spaces each level of a block is indented.
    var step = 2

    /// A key and its value as lines of a block, the first of them indented by so many spaces.
    func block(_ key: YAMLNode, _ value: YAMLNode, indent: Int) -> [String] {
        let first = String(repeating: " ", count: indent) + flow(key) + ":"
        guard case .mapping(let mapping) = value, !mapping.pairs.isEmpty else { return [first + " " + flow(value)] }
        return [first] + mapping.pairs.flatMap { block($0.key, $0.value, indent: indent + step) }
    }

    /// A key and its value on one line, for a mapping in braces.
    func flow(_ key: YAMLNode, _ value: YAMLNode) -> String { "\(flow(key)): \(flow(value))" }

    private func flow(_ node: YAMLNode) -> String {
        switch node {
        // A number or a truth value stays one.
        case .scalar(let scalar): scalar.isValue ? scalar.string : scalar.string.yamlScalar
        case .sequence(let nodes, _): "[" + nodes.map(flow).joined(separator: ", ") + "]"
        case .mapping(let mapping): "{" + mapping.pairs.map { flow($0.key, $0.value) }.joined(separator: ", ") + "}"
        }
    }
}

extension YAMLNode.Scalar {
    /// Whether it is a number, a truth value or null, and not text.
    var isValue: Bool { isNull || boolean() != nil || wholeNumber != nil || number != nil }
}
