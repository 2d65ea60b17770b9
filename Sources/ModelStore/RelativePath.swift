/// A path that stays below where it starts: not absolute, no `..`. May be empty, for the start itself.
///
/// Registries and archives name files; neither may reach out of its folder.
struct RelativePath: Equatable {
    /// The names along the way.
    let parts: [String]

    /// The path with single slashes, without `.`.
    var text: String { parts.joined(separator: "/") }

    /// Vets a path; `nil` if it is absolute or goes up.
    init?(_ path: String) {
        let parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !path.hasPrefix("/"), !parts.contains(".."), !path.utf8.contains(0) else { return nil }
        self.parts = parts
    }

    /// Whether a link at this path with this target stays inside.
    ///
    /// The target may go up only at its beginning and no further than the link is deep; from there on it passes
    /// names only, each a real file or a link that is held to the same rule.
    func linkStaysInside(target: String) -> Bool {
        guard !target.hasPrefix("/"), !target.isEmpty else { return false }
        let steps = target.split(separator: "/").filter { $0 != "." }
        let up = steps.prefix { $0 == ".." }.count
        return up < parts.count && !steps.dropFirst(up).contains("..")
    }
}
