import CYAML

/// The events that libyaml parses from a text. Owns libyaml's parser.
struct YAMLEvents: ~Copyable {
    /// A parser event.
    enum Event {
        case begin, end, beginDocument, endDocument
        case alias(String)
        case scalar(YAMLNode.Scalar, anchor: String?)
        case beginSequence(anchor: String?), endSequence
        case beginMapping(anchor: String?), endMapping
    }

    /// Allocated on the heap, because libyaml keeps its address.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>

    /// Starts to parse.
    ///
    /// - Parameter text: UTF-8, which must stay at its address.
    /// - Throws: `YAMLError` if there is no memory.
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
        let line = Int(event.start_mark.line) + 1
        return (Event(event, line: line), line)
    }

    /// The parser's error.
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
