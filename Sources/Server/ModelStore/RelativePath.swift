/// A path that stays below where it starts: not absolute, no `..`. May be empty, for the start itself.
///
/// Registries and archives name files; neither may reach out of its folder. The system takes paths apart byte by byte, and so
/// does this: for Swift, a slash that an accent follows is another character than a slash.
struct RelativePath: Equatable {
    /// The names along the way.
    let parts: [String]

    /// The path with single slashes, without `.`.
    var text: String { parts.joined(separator: "/") }

    /// Vets a path; `nil` if it is absolute or goes up.
    init?(_ path: String) {
        guard let parts = Self.steps(of: path), !parts.contains("..") else { return nil }
        self.parts = parts
    }

    /// The beginning of a path that was vetted.
    func prefix(_ count: Int) -> RelativePath { RelativePath(parts: Array(parts.prefix(count))) }

    private init(parts: [String]) {
        self.parts = parts
    }

    /// Whether a link at this path with this target stays inside.
    ///
    /// The target may go up only at its beginning and no further than the link is deep; from there on it passes
    /// names only, each a real file or a link that is held to the same rule.
    func linkStaysInside(target: String) -> Bool {
        guard !target.isEmpty, let steps = Self.steps(of: target) else { return false }
        let up = steps.prefix { $0 == ".." }.count
        return up < parts.count && !steps.dropFirst(up).contains("..")
    }

    /// The names along a path, without `.`; `nil` if it is absolute, or has a zero byte, at which it would end for the system.
    private static func steps(of path: String) -> [String]? {
        let bytes = path.utf8
        guard bytes.first != UInt8(ascii: "/"), !bytes.contains(0) else { return nil }
        return bytes.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }
}
