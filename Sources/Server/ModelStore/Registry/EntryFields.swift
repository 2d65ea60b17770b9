import Essentials
import ModelFamilies

/// The fields of an entry under `models:`.
extension FieldReader {
    /// The entry; `nil` if it has a mistake that makes it unusable. All mistakes are noted, not just the first.
    mutating func entry(named name: String, paths: ModelPaths) -> ModelEntry? {
        warn(ofKeysBut: ["type", "dir", "files", "options", "download", "max_queue"])
        let families = (ModelFamily.allCases.map(\.rawValue) + [UpstreamEntry.type]).listed
        let family = parsed("type", orElse: "write type: and one of \(families)", ModelFamily.init(rawValue:)) {
            "Unknown type '\($0)'; write one of \(families)."
        }
        let directory = nonemptyText("dir", orElse: "write dir: and the model's folder below \(paths.modelsRoot)")
        let wanted = family.map(Self.layouts) ?? "that its type needs"
        let files = inside("files", orElse: "write files: and below it the keys \(wanted)") { $0.files(of: family) }
        let options = inside("options") { $0.options(of: family) } ?? ModelOptions()
        let download = inside("download") { $0.download() }
        let maximumQueue = positiveInteger("max_queue", example: 8)
        guard !mistakes.contains(where: { $0.severity == .error }), let family, let directory, let files else {
            return nil
        }
        return ModelEntry(
            name: name, family: family, directory: paths.directory(directory), files: files, options: options,
            download: download, maximumQueue: maximumQueue)
    }

    mutating func files(of family: ModelFamily?) -> [String: String] {
        let names = names()
        if let family { check(names, of: family) }
        var files: [String: String] = [:]
        for (name, line) in names {
            guard let file = nonemptyText(name) else { continue }
            guard let path = RelativePath(file), !path.parts.isEmpty else {
                note("File '\(file)' is not inside the model's folder; write a path below 'dir'.", at: line)
                continue
            }
            files[name] = path.text
        }
        return files
    }

    /// Notes missing and extra keys under `files:`, compared to the closest layout of the family.
    private mutating func check(_ names: [(name: String, line: Int)], of family: ModelFamily) {
        let given = Set(names.map(\.name))
        guard !given.isEmpty else { return note("'files' is empty; write the keys \(Self.layouts(of: family)).") }
        let distance = { (layout: [String]) in given.symmetricDifference(layout).count }
        guard let layout = family.fileLayouts.min(by: { distance($0) < distance($1) }) else { return }
        let missing = layout.filter { !given.contains($0) }
        if !missing.isEmpty {
            note("'files' lacks \(missing.listed); \(family.rawValue) needs \(Self.layouts(of: family)).")
        }
        for (name, line) in names where !layout.contains(name) {
            note("'\(name)' is no file of \(family.rawValue); it needs \(Self.layouts(of: family)).", at: line)
        }
    }

    /// The keys under `files:` that a family needs, in words.
    private static func layouts(of family: ModelFamily) -> String {
        family.fileLayouts.map(\.listed).joined(separator: ", or ")
    }

    mutating func download() -> ModelDownload? {
        warn(ofKeysBut: ["url", "archive_subdir", "sha256", "size"])
        let subdir = parsed("archive_subdir", isOptional: true, RelativePath.init) {
            "'archive_subdir' must be a folder inside the archive, not '\($0)'."
        }
        let sha256 = parsed("sha256", isOptional: true, Self.sha256) { _ in
            "'sha256' must be 64 hexadecimal digits, as sha256sum prints them."
        }
        let size = positiveInteger("size", example: 1_000_000)
        let example = "https://host/path/model.tar.bz2"
        let url = parsed("url", orElse: "write url: \(example)", { URL(httpAddress: $0) }) { _ in
            // The text is not repeated, because it may contain a password.
            "'url' is no http or https address, or has a port above 65535; write one such as \(example)."
        }
        guard let url else { return nil }
        return ModelDownload(url: url, archiveSubdir: subdir?.text, sha256: sha256, size: size.map(Int64.init))
    }

    private static func sha256(_ text: String) -> String? {
        text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit } ? text.lowercased() : nil
    }
}
