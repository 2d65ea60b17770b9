/// Adds an entry to the text of models.yaml. All other text stays as it is: comments, order, indentation, line ends.
struct RegistryEditor {
    /// The text without a byte order mark.
    private let text: [Unicode.Scalar]
    private let layout: YAMLLayout
    private let addition: RegistryAddition

    /// An edit: what to write in the place of which text, in the order of the places, and the events that the result
    /// must have.
    private struct Plan {
        var replacements: [(range: Range<Int>, text: String)]
        var events: [YAMLEvents.Event]
    }

    /// Adds an entry as the last one below `models:`, and checks that this is all that changes. `file` is the path of
    /// models.yaml, for messages.
    ///
    /// - Returns: The new text.
    /// - Throws: `.nameTaken`, `.unreadable`, or `.notEditable`, with the lines to add by hand.
    static func adding(
        _ addition: RegistryAddition, to text: String, file: String
    ) throws(RegistryEditError) -> String {
        let mark = text.unicodeScalars.first == "\u{FEFF}" ? "\u{FEFF}" : ""
        let body = String(text.unicodeScalars.dropFirst(mark.unicodeScalars.count))
        do {
            try checkName(addition.name, in: YAMLNode.compose(body), file: file)
            let editor = Self(text: Array(body.unicodeScalars), layout: try YAMLLayout(body), addition: addition)
            if let result = editor.result() { return mark + result }
        } catch let error as YAMLError {
            throw RegistryEditError(.unreadable, "\(file):\(error.line ?? 1): \(error)")
        } catch let error as RegistryEditError {
            throw error
        } catch {
            throw RegistryEditError(.unreadable, "\(file): \(error)")
        }
        throw RegistryEditError(
            .notEditable,
            "\(file) is written in a way that asr2clip does not edit. Add these lines by hand, below models:\n"
                + addition.lines.joined(separator: "\n"))
    }

    private static func checkName(_ name: String, in root: YAMLNode?, file: String) throws {
        let top: YAMLNode.Mapping
        switch root {
        case nil: return
        case .scalar(let scalar) where scalar.isNull: return
        case .mapping(let mapping): top = mapping
        case .scalar, .sequence:
            let advice = "write models: and below it an entry for each model"
            throw RegistryEditError(
                .unreadable, "\(file):\(root?.line ?? 1): The file is no mapping of keys; \(advice).")
        }
        for (key, kind) in [("models", "model"), ("aliases", "alias")] {
            guard case .mapping(let names) = top.pairs.first(where: { $0.key.scalar?.string == key })?.value,
                let taken = names.pairs.first(where: { $0.key.scalar?.string == name })
            else { continue }
            throw RegistryEditError(
                .nameTaken,
                "\(file):\(taken.key.line): There is \(kind == "alias" ? "an" : "a") \(kind) '\(name)' already.")
        }
    }

    /// The new text; `nil` if it is not the old registry with the new entry.
    private func result() -> String? {
        guard let plan = plan() else { return nil }
        var result = text
        for (range, text) in plan.replacements.reversed() {
            result.replaceSubrange(range, with: text.unicodeScalars)
        }
        var string = ""
        string.unicodeScalars.append(contentsOf: result)
        guard (try? YAMLNode.compose(string)) != nil, let new = try? YAMLLayout(string).events,
            new.count == plan.events.count, zip(new, plan.events).allSatisfy({ $0.means($1) })
        else { return nil }
        return string
    }

    private func plan() -> Plan? {
        guard let root = layout.root else { return planFirstSection(at: text.count, root: nil) }
        switch layout.events[root] {
        case .scalar(let scalar, nil) where scalar.isNull && scalar.string.isEmpty:
            let start = layout.places[1].end
            return planFirstSection(at: lineStart(after: start, keepingCommentsFrom: 0), root: root)
        case .beginMapping:
            guard let value = layout.value(at: "models", in: root) else { return planSection(in: root) }
            return planEntry(in: value, of: root)
        default: return nil
        }
    }

    // MARK: Where the entry goes

    /// Adds the entry to the mapping of models, or in the place of a null there.
    private func planEntry(in value: Int, of root: Int) -> Plan? {
        switch layout.events[value] {
        case .beginMapping(let anchor) where !isUsed(anchor):
            return planPair(addition.key, addition.value, in: value)
        case .scalar(let scalar, let anchor) where scalar.isNull && !isUsed(anchor):
            var events = layout.events
            events.replaceSubrange(value...value, with: [.beginMapping(anchor: anchor)] + pairEvents + [.endMapping])
            let end = layout.places[value].end
            let null = end - scalar.string.unicodeScalars.count..<end
            guard !layout.places[root].isFlow else {
                let space = null.lowerBound > 0 && text[null.lowerBound - 1] == ":" ? " " : ""
                return Plan(
                    replacements: [(null, space + "{\(writer.flow(addition.key, addition.value))}")], events: events)
            }
            let column = layout.places[root].endColumn
            let lines = writer.block(addition.key, addition.value, indent: column + step)
            let place = lineStart(after: end, keepingCommentsFrom: column + 1)
            return Plan(replacements: [(null, ""), (place..<place, block(lines, at: place))], events: events)
        default: return nil
        }
    }

    /// Adds `models:` with the entry to the file's keys.
    private func planSection(in root: Int) -> Plan {
        var plan = planPair(sectionKey, section, in: root)
        guard !layout.places[root].isFlow, let (range, lines) = plan.replacements.first else { return plan }
        plan.replacements = [(range, withBlankLine(lines, at: range.lowerBound))]
        return plan
    }

    /// Makes `models:` with the entry the file's first key.
    private func planFirstSection(at place: Int, root: Int?) -> Plan? {
        let pair = sectionKey.events + section.events
        var events = layout.events
        if let root {
            events.replaceSubrange(root...root, with: [.beginMapping(anchor: nil)] + pair + [.endMapping])
        } else {
            events = [.begin, .beginDocument, .beginMapping(anchor: nil)] + pair + [.endMapping, .endDocument, .end]
        }
        let lines = block(writer.block(sectionKey, section, indent: 0), at: place)
        return Plan(replacements: [(place..<place, withBlankLine(lines, at: place))], events: events)
    }

    private var sectionKey: YAMLNode { .scalar(YAMLNode.Scalar(string: "models", isPlain: true, line: 1)) }
    private var section: YAMLNode { .mapping(YAMLNode.Mapping([(addition.key, addition.value)])) }
    private var pairEvents: [YAMLEvents.Event] { addition.key.events + addition.value.events }

    /// Whether an alias repeats what has this anchor, so that an edit would change more than one place.
    private func isUsed(_ anchor: String?) -> Bool {
        layout.events.contains { if case .alias(let name) = $0 { name == anchor } else { false } }
    }

    // MARK: A pair in a mapping

    /// Adds a pair as the last one of the mapping that begins at an index.
    private func planPair(_ key: YAMLNode, _ value: YAMLNode, in mapping: Int) -> Plan {
        let end = layout.end(of: mapping)
        var events = layout.events
        events.insert(contentsOf: key.events + value.events, at: end)
        guard !layout.places[mapping].isFlow else {
            return Plan(replacements: flowPair(writer.flow(key, value), from: mapping, to: end), events: events)
        }
        let column = layout.places[mapping].endColumn
        let place = lineStart(after: layout.contentEnd(of: mapping), keepingCommentsFrom: column)
        let lines = writer.block(key, value, indent: column)
        return Plan(replacements: [(place..<place, block(lines, at: place))], events: events)
    }

    /// The replacements that add a pair to a mapping in braces: on a line of its own if the others are, with a comma
    /// after it if the last one has one.
    private func flowPair(_ pair: String, from mapping: Int, to end: Int) -> [(range: Range<Int>, text: String)] {
        let (open, close) = (layout.places[mapping].end, layout.places[end].start)
        guard end > mapping + 1 else { return [(close..<close, pair)] }
        let last = (mapping + 1..<end).map { layout.places[$0].end }.max() ?? open
        let first = layout.places[mapping + 1]
        guard text[open..<first.start].contains(where: Self.isBreak), text[last..<close].contains(where: Self.isBreak)
        else { return [(last..<last, ", " + pair)] }
        let comma = comma(in: last..<close)
        let place = lineEnd(from: comma ?? last)
        let line = lineBreak(before: place) + String(repeating: " ", count: first.startColumn) + pair
        return comma == nil
            ? [(last..<last, ","), (place..<place, line)] : [(place..<place, line + ",")]
    }

    /// The place of the first comma that is not in a comment.
    private func comma(in range: Range<Int>) -> Int? {
        var isComment = false
        for place in range {
            switch text[place] {
            case ",": if !isComment { return place }
            case "#": isComment = true
            case let scalar: if Self.isBreak(scalar) { isComment = false }
            }
        }
        return nil
    }

    // MARK: Style

    private var writer: YAMLWriter { YAMLWriter(step: step) }

    /// The indentation of the file's first block in a block.
    private var step: Int {
        var columns: [Int?] = []
        for (event, place) in zip(layout.events, layout.places) {
            switch event {
            case .beginMapping:
                if !place.isFlow, let outer = columns.last ?? nil, place.endColumn > outer {
                    return min(place.endColumn - outer, 8)
                }
                columns.append(place.isFlow ? nil : place.endColumn)
            case .beginSequence: columns.append(nil)
            case .endMapping, .endSequence: columns.removeLast()
            default: break
            }
        }
        return 2
    }

    // MARK: Lines

    /// Whether libyaml ends a line there.
    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
    }

    /// The place before the line break that ends the line of a place.
    private func lineEnd(from place: Int) -> Int { text[place...].firstIndex(where: Self.isBreak) ?? text.count }

    /// The start of the line after that of a place, or after the indented comments that follow it.
    private func lineStart(after place: Int, keepingCommentsFrom column: Int) -> Int {
        // A block of text ends at the start of a line.
        let isAtStart = place > 0 && place <= text.count && Self.isBreak(text[place - 1])
        var end = isAtStart ? place : nextLine(after: place)
        var start = end
        while start < text.count {
            let word = text[start...].firstIndex { $0 != " " && $0 != "\t" } ?? text.count
            guard word < text.count else { break }
            let isComment = text[word] == "#"
            guard isComment ? word - start >= column : Self.isBreak(text[word]) else { break }
            start = nextLine(after: word)
            if isComment { end = start }
        }
        return end
    }

    private func nextLine(after place: Int) -> Int {
        let end = lineEnd(from: place)
        guard end < text.count else { return end }
        return text[end] == "\r" && end + 1 < text.count && text[end + 1] == "\n" ? end + 2 : end + 1
    }

    /// Lines to insert at the start of a line, or at the end of a text that lacks its last line break.
    private func block(_ lines: [String], at place: Int) -> String {
        let ending = lineBreak(before: place)
        let text = lines.joined(separator: ending)
        return place == 0 || Self.isBreak(self.text[place - 1]) ? text + ending : ending + text
    }

    /// Text to insert at a place, behind an empty line.
    private func withBlankLine(_ lines: String, at place: Int) -> String {
        guard place > 0 else { return lines }
        return lineBreak(before: place) + lines
    }

    /// The line break before a place, or else the text's first, or else a line feed.
    private func lineBreak(before place: Int) -> String {
        guard let last = text[..<place].lastIndex(where: Self.isBreak) ?? text.firstIndex(where: Self.isBreak) else {
            return "\n"
        }
        if text[last] == "\n" { return last > 0 && text[last - 1] == "\r" ? "\r\n" : "\n" }
        if text[last] == "\r" { return last + 1 < text.count && text[last + 1] == "\n" ? "\r\n" : "\r" }
        return "\n"
    }
}
