/// A path that stays below its start: not absolute, without `..`. May be empty, for the start itself.
///
/// Registries and archives name files, which must stay inside their folder. The system splits paths byte by byte, and
/// so does this type: for Swift, a slash followed by a combining accent is not a slash.
struct RelativePath: Equatable {
    /// The components of the path.
    let parts: [String]

    /// The path with single slashes, without `.`.
    var text: String { parts.joined(separator: "/") }

    /// Checks a path; `nil` if it is absolute or goes up.
    init?(_ path: String) {
        guard let parts = Self.steps(of: path), !parts.contains("..") else { return nil }
        self.parts = parts
    }

    /// The first components of the path.
    func prefix(_ count: Int) -> RelativePath { RelativePath(parts: Array(parts.prefix(count))) }

    private init(parts: [String]) {
        self.parts = parts
    }

    /// Whether a link at this path with this target stays inside.
    ///
    /// The target may go up only at its beginning, and no further than the link is deep. The rest of it must be names,
    /// each a real file or a link under the same rule.
    func linkStaysInside(target: String) -> Bool {
        guard !target.isEmpty, let steps = Self.steps(of: target) else { return false }
        let up = steps.prefix { $0 == ".." }.count
        return up < parts.count && !steps.dropFirst(up).contains("..")
    }

    /// The components of a path, without `.`; `nil` if it is absolute or has a zero byte, which ends it for the system.
    private static func steps(of path: String) -> [String]? {
        let bytes = path.utf8
        guard bytes.first != UInt8(ascii: "/"), !bytes.contains(0) else { return nil }
        return bytes.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
    }
}
