import ModelFamilies

/// Checks the keys under `files:` against the layouts of a family.
enum FileLayout {
    /// Notes missing and extra keys, compared to the closest layout.
    static func check(_ names: [(name: String, line: Int)], of family: ModelFamily, in fields: inout FieldReader) {
        let given = Set(names.map(\.name))
        guard !given.isEmpty else {
            fields.note("'files' is empty; write the keys \(described(family)).")
            return
        }
        let distance = { (layout: [String]) in given.symmetricDifference(layout).count }
        guard let layout = family.fileLayouts.min(by: { distance($0) < distance($1) }) else { return }
        let missing = layout.filter { !given.contains($0) }
        if !missing.isEmpty {
            fields.note("'files' lacks \(missing.listed); \(family.rawValue) needs \(described(family)).")
        }
        for (name, line) in names where !layout.contains(name) {
            fields.note("'\(name)' is no file of \(family.rawValue); it needs \(described(family)).", at: line)
        }
    }

    /// The keys that a family needs, in words.
    static func described(_ family: ModelFamily) -> String {
        family.fileLayouts.map(\.listed).joined(separator: ", or ")
    }
}
