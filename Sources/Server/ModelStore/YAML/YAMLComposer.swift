extension YAMLNode {
    /// How deep values may be nested, with aliases resolved; real files are far below it.
    static let deepest = 100

    /// Parses a text of one document.
    ///
    /// - Returns: Its root; `nil` if it is empty.
    /// - Throws: `YAMLError`, also for a repeated key, a second document, and values that are nested too deep.
    public static func compose(_ text: String) throws(YAMLError) -> YAMLNode? {
        var text = text
        return try text.withUTF8 { bytes in
            Result { () throws(YAMLError) in
                var composer = YAMLComposer(try YAMLEvents(borrowing: bytes))
                return try composer.root()
            }
        }.get()
    }
}

/// Makes nodes from events. An alias shares the storage of its target, so it costs no memory, however often it is used.
private struct YAMLComposer: ~Copyable {
    /// A node, and its height in levels.
    private typealias Part = (node: YAMLNode, height: Int)

    private var events: YAMLEvents
    private var anchors: [String: Part] = [:]

    init(_ events: consuming YAMLEvents) {
        self.events = events
    }

    mutating func root() throws(YAMLError) -> YAMLNode? {
        _ = try events.next()
        guard case .beginDocument = try events.next().event else { return nil }
        let root = try part(of: try events.next(), depth: 1).node
        _ = try events.next()
        let (next, line) = try events.next()
        guard case .end = next else {
            throw YAMLError(
                line: line, noYAML: "but found another document",
                context: ("expected a single document in the stream", 1))
        }
        return root
    }

    /// Reads the node that starts with an event.
    private mutating func part(of first: (event: YAMLEvents.Event, line: Int), depth: Int) throws(YAMLError) -> Part {
        let part: Part
        let name: String?
        switch first.event {
        case .alias(let alias):
            guard let known = anchors[alias] else {
                throw YAMLError(line: first.line, noYAML: "found undefined alias")
            }
            (part, name) = (known, nil)
        case .scalar(let scalar, let anchor): (part, name) = ((.scalar(scalar), 1), anchor)
        case .beginSequence(let anchor): (part, name) = (try sequence(line: first.line, depth: depth), anchor)
        case .beginMapping(let anchor): (part, name) = (try mapping(line: first.line, depth: depth), anchor)
        case .begin, .end, .beginDocument, .endDocument, .endSequence, .endMapping:
            throw YAMLError(line: first.line, noYAML: "a value is missing")
        }
        guard depth + part.height - 1 <= YAMLNode.deepest else { throw Self.tooDeep(line: first.line) }
        if let name { anchors[name] = part }
        return part
    }

    private mutating func sequence(line: Int, depth: Int) throws(YAMLError) -> Part {
        guard depth < YAMLNode.deepest else { throw Self.tooDeep(line: line) }
        var (nodes, height): ([YAMLNode], Int) = ([], 0)
        while true {
            let next = try events.next()
            if case .endSequence = next.event { return (.sequence(nodes, line: line), height + 1) }
            let part = try part(of: next, depth: depth + 1)
            nodes.append(part.node)
            height = max(height, part.height)
        }
    }

    private mutating func mapping(line: Int, depth: Int) throws(YAMLError) -> Part {
        guard depth < YAMLNode.deepest else { throw Self.tooDeep(line: line) }
        var (pairs, height): ([(key: YAMLNode, value: YAMLNode)], Int) = ([], 0)
        while true {
            let next = try events.next()
            if case .endMapping = next.event { break }
            let key = try part(of: next, depth: depth + 1)
            let value = try part(of: try events.next(), depth: depth + 1)
            pairs.append((key.node, value.node))
            height = max(height, key.height, value.height)
        }
        try Self.checkKeys(pairs.compactMap(\.key.scalar))
        return (.mapping(YAMLNode.Mapping(pairs, line: line)), height + 1)
    }

    /// Keys are looked up by text, so two keys with the same text are the same, quoted or not.
    private static func checkKeys(_ keys: [YAMLNode.Scalar]) throws(YAMLError) {
        let lines = Dictionary(grouping: keys, by: \.string).filter { $1.count > 1 }.mapValues { $0[0].line }
        let names = lines.keys.sorted()
        guard let first = names.first else { return }
        throw YAMLError(
            line: lines[first],
            description: "The key \(names.listed) is written again further down; keep one, or rename it.")
    }

    private static func tooDeep(line: Int) -> YAMLError {
        YAMLError(
            line: line, description: "Values are nested more than \(YAMLNode.deepest) deep here; write fewer brackets.")
    }
}
