import Essentials
import ModelFamilies
import SpeechTypes

/// Reads one entry under `models:`.
struct EntryReader {
    private let paths: ModelPaths
    private var fields: FieldReader

    /// The mistakes in the entry, in the order of reading.
    var mistakes: [FieldReader.Mistake] { fields.mistakes }

    /// Prepares to read the mapping of an entry.
    init(fields: FieldReader, paths: ModelPaths) {
        self.fields = fields
        self.paths = paths
    }

    /// Reads the entry; `nil` if it has a mistake that makes it unusable. All mistakes are noted, not just the first.
    mutating func read(name: String) -> ModelEntry? {
        fields.warn(ofKeysBut: ["type", "dir", "files", "options", "download", "max_queue"])
        let family = readFamily()
        let directory = readDirectory()
        let files = readFiles(of: family)
        let options = readOptions(of: family)
        let download = readDownload()
        let maximumQueue = fields.positiveInteger("max_queue", example: 8)
        guard !fields.mistakes.contains(where: { $0.severity == .error }), let family, let directory, let files else {
            return nil
        }
        return ModelEntry(
            name: name, family: family, directory: directory, files: files, options: options, download: download,
            maximumQueue: maximumQueue)
    }

    private mutating func readFamily() -> ModelFamily? {
        let known = ModelFamily.allCases.map(\.rawValue).listed
        guard let type = fields.nonemptyText("type", orElse: "write type: and one of \(known)") else { return nil }
        guard let family = ModelFamily(rawValue: type) else {
            fields.note("Unknown type '\(type)'; write one of \(known).", at: fields.lineOf("type"))
            return nil
        }
        return family
    }

    private mutating func readDirectory() -> String? {
        fields.nonemptyText("dir", orElse: "write dir: and the model's folder below \(paths.modelsRoot)")
            .map(paths.directory)
    }

    private mutating func readFiles(of family: ModelFamily?) -> [String: String]? {
        let wanted = family.map(FileLayout.described) ?? "that its type needs"
        guard var inner = fields.mapping("files", orElse: "write files: and below it the keys \(wanted)") else {
            return nil
        }
        defer { fields.absorb(inner) }
        let names = inner.names()
        if let family {
            FileLayout.check(names, of: family, in: &inner)
        }
        var files: [String: String] = [:]
        for (name, line) in names {
            guard let file = inner.nonemptyText(name) else { continue }
            guard let path = RelativePath(file), !path.parts.isEmpty else {
                inner.note("File '\(file)' is not inside the model's folder; write a path below 'dir'.", at: line)
                continue
            }
            files[name] = path.text
        }
        return files
    }

    private mutating func readOptions(of family: ModelFamily?) -> ModelOptions {
        guard var inner = fields.mapping("options") else { return ModelOptions() }
        defer { fields.absorb(inner) }
        return inner.options(of: family)
    }

    private mutating func readDownload() -> ModelDownload? {
        guard var inner = fields.mapping("download") else { return nil }
        defer { fields.absorb(inner) }
        inner.warn(ofKeysBut: ["url", "archive_subdir", "sha256", "size"])
        let subdir = inner.archiveSubdir()
        let sha256 = inner.sha256()
        let size = inner.positiveInteger("size", example: 1_000_000)
        guard let url = inner.downloadURL() else { return nil }
        return ModelDownload(url: url, archiveSubdir: subdir, sha256: sha256, size: size.map(Int64.init))
    }
}
