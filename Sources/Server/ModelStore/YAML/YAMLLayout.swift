/// A YAML text as events with their places, for edits that leave the rest of the text as it is.
struct YAMLLayout {
    private(set) var events: [YAMLEvents.Event] = []
    private(set) var places: [YAMLEvents.Place] = []

    /// Parses a text without a byte order mark.
    init(_ text: String) throws(YAMLError) {
        var text = text
        (events, places) = try text.withUTF8 { bytes in
            Result { () throws(YAMLError) in try Self.read(bytes) }
        }.get()
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(YAMLError) -> ([YAMLEvents.Event], [YAMLEvents.Place]) {
        var parser = try YAMLEvents(borrowing: bytes)
        var (events, places): ([YAMLEvents.Event], [YAMLEvents.Place]) = ([], [])
        while true {
            events.append(try parser.next().event)
            places.append(parser.place)
            if case .end = events[events.count - 1] { return (events, places) }
        }
    }

    /// The index of the event that begins the first document's root; `nil` if there is no document.
    var root: Int? {
        guard events.count > 2, case .beginDocument = events[1] else { return nil }
        return 2
    }

    /// The index of the last event of the node that begins at an index.
    func end(of node: Int) -> Int {
        var depth = 0
        for index in node..<events.count {
            switch events[index] {
            case .beginMapping, .beginSequence: depth += 1
            case .endMapping, .endSequence: depth -= 1
            default: break
            }
            if depth == 0 { return index }
        }
        return events.count - 1
    }

    /// The index of the value at a key of the mapping that begins at an index.
    func value(at key: String, in mapping: Int) -> Int? {
        var index = mapping + 1
        while true {
            if case .endMapping = events[index] { return nil }
            let value = end(of: index) + 1
            if case .scalar(let scalar, _) = events[index], scalar.string == key { return value }
            index = end(of: value) + 1
        }
    }

    /// The place after the last text of a node. Ends of blocks and missing values are no text.
    func contentEnd(of node: Int) -> Int {
        var last = places[node].end
        for index in node...end(of: node) {
            let place = places[index]
            switch events[index] {
            case .scalar where place.end > place.start, .alias, .endMapping, .endSequence:
                // The end of a block is where the next thing begins.
                if place.end > place.start { last = max(last, place.end) }
            default: break
            }
        }
        return last
    }
}

extension YAMLEvents.Event {
    /// Whether both mean the same to a reader: quotes matter only around what would otherwise be a number, a truth
    /// value or null.
    func means(_ other: Self) -> Bool {
        switch (self, other) {
        case (.begin, .begin), (.end, .end), (.beginDocument, .beginDocument), (.endDocument, .endDocument),
            (.endSequence, .endSequence), (.endMapping, .endMapping):
            true
        case (.alias(let name), .alias(let other)): name == other
        case (.scalar(let scalar, let anchor), .scalar(let other, let otherAnchor)):
            anchor == otherAnchor && scalar.string == other.string
                && scalar.isValue == other.isValue
        case (.beginSequence(let anchor), .beginSequence(let other)): anchor == other
        case (.beginMapping(let anchor), .beginMapping(let other)): anchor == other
        default: false
        }
    }
}

extension YAMLNode {
    /// The events that a text of the node has.
    var events: [YAMLEvents.Event] {
        switch self {
        case .scalar(let scalar): [.scalar(scalar, anchor: nil)]
        case .sequence(let nodes, _): [.beginSequence(anchor: nil)] + nodes.flatMap(\.events) + [.endSequence]
        case .mapping(let mapping):
            [.beginMapping(anchor: nil)] + mapping.pairs.flatMap { $0.key.events + $0.value.events } + [.endMapping]
        }
    }
}
