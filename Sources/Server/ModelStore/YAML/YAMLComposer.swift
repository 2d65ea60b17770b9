import CYAML

extension YAMLNode {
    /// How deep values may be nested, with aliases resolved; real files are far below it.
    static let deepest = 100

    /// Parses a text of one document.
    ///
    /// - Returns: Its root; `nil` if it is empty.
    /// - Throws: `YAMLError`, also for a repeated key, a second document, and values that are nested too deep.
    package static func compose(_ text: String) throws(YAMLError) -> YAMLNode? {
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

/// The events that libyaml parses from a text. Owns libyaml's parser.
struct YAMLEvents: ~Copyable {
    enum Event {
        case begin, end, beginDocument, endDocument
        case alias(String)
        case scalar(YAMLNode.Scalar, anchor: String?)
        case beginSequence(anchor: String?), endSequence
        case beginMapping(anchor: String?), endMapping
    }

    /// The place of an event in the text, counted in Unicode scalars; a byte order mark at the start does not count.
    struct Place {
        /// Before its first scalar, or its anchor.
        var start = 0
        /// After its last scalar; of a block mapping's beginning, the place of its first key.
        var end = 0
        /// The columns of these places, from 0.
        var startColumn = 0, endColumn = 0
        /// Whether it begins a mapping in braces.
        var isFlow = false
    }

    /// The place of the last event.
    private(set) var place = Place()

    /// Allocated on the heap, because libyaml keeps its address.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>

    /// Starts to parse UTF-8, which must stay at its address.
    init(borrowing text: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        self.text = text
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw YAMLError(line: nil, description: "There is no memory to read it.")
        }
        // libyaml detects the encoding itself, so that it recognizes a byte order mark.
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event and its line, from 1. Must not be called after `end` or an error.
    mutating func next() throws(YAMLError) -> (event: Event, line: Int) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw error }
        defer { yaml_event_delete(&event) }
        place = Place(event)
        let line = Int(event.start_mark.line) + 1
        return (Event(event, line: line), line)
    }

    private var error: YAMLError {
        let state = parser.pointee
        guard let words = state.problem else {
            return YAMLError(line: nil, description: "There is no memory to read it.")
        }
        let problem = String(cString: words)
        guard state.error != YAML_READER_ERROR else {
            let line = text.prefix(Int(state.problem_offset)).count { $0 == UInt8(ascii: "\n") } + 1
            return YAMLError(line: line, noYAML: problem)
        }
        return YAMLError(
            line: Int(state.problem_mark.line) + 1, noYAML: problem,
            context: state.context.map { (String(cString: $0), Int(state.context_mark.line) + 1) })
    }
}

extension YAMLEvents.Place {
    fileprivate init(_ event: yaml_event_t) {
        let (first, last) = (event.start_mark, event.end_mark)
        self.init(
            start: Int(first.index), end: Int(last.index), startColumn: Int(first.column),
            endColumn: Int(last.column),
            isFlow: event.type == YAML_MAPPING_START_EVENT
                && event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
    }
}

extension YAMLEvents.Event {
    fileprivate init(_ event: yaml_event_t, line: Int) {
        func name(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? { anchor.map { String(cString: $0) } }
        let data = event.data
        switch event.type {
        case YAML_STREAM_START_EVENT: self = .begin
        case YAML_DOCUMENT_START_EVENT: self = .beginDocument
        case YAML_DOCUMENT_END_EVENT: self = .endDocument
        case YAML_ALIAS_EVENT: self = .alias(name(data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            // The text may contain NULs.
            let text = UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length)
            let scalar = YAMLNode.Scalar(
                string: String(decoding: text, as: UTF8.self), isPlain: data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
                line: line)
            self = .scalar(scalar, anchor: name(data.scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: self = .beginSequence(anchor: name(data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: self = .endSequence
        case YAML_MAPPING_START_EVENT: self = .beginMapping(anchor: name(data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: self = .endMapping
        default: self = .end
        }
    }
}

extension YAMLError {
    init(line: Int, noYAML problem: String, context: (text: String, line: Int)? = nil) {
        let around = context.map { " (\($0.text) in line \($0.line))" } ?? ""
        let advice = "look at colons, quotes and indentation"
        self.init(line: line, description: "This is not YAML: \(problem)\(around); \(advice).")
    }
}
