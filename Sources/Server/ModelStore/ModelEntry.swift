import Essentials
package import ModelFamilies

/// One usable entry of models.yaml: a model, where its files belong, and where to download them.
package struct ModelEntry: Sendable, Equatable {
    package let name: String
    package let family: ModelFamily
    /// The absolute path of the model's directory; it need not exist yet.
    package internal(set) var directory: String
    /// Paths below `directory` by logical name (`model`, `tokens`, `encoder` …).
    package let files: [String: String]
    package let options: ModelOptions
    /// Where to download the files; `nil` if the user puts them there.
    package let download: ModelDownload?
    /// How many requests may be admitted for this model; `nil` if only the server's limit applies.
    package let maximumQueue: Int?

    /// What an engine needs to load the model, once all files are there.
    package var specification: ModelSpecification {
        ModelSpecification(
            name: name, family: family, files: files.mapValues(path(of:)),
            options: options.withPaths(below: directory, of: family))
    }

    /// The missing files, as paths below `directory`, sorted.
    package func missingFiles() -> [String] {
        regularFiles.filter { !FileSystem.isRegularFile(path(of: $0)) }.sorted()
    }

    /// The registered files, and the required files of a registered folder, as paths below `directory`.
    var regularFiles: Set<String> {
        Set(
            files.flatMap { name, file in
                family.contents(ofFolder: name).map { $0.map { file + "/" + $0 } } ?? [file]
            })
    }

    func path(of file: String) -> String { directory + "/" + file }
}

/// The source of a model's files, with checks of their integrity.
package struct ModelDownload: Sendable, Equatable, CustomStringConvertible {
    /// An archive, or a single file. It may carry credentials: show the `description` instead.
    let url: URL
    /// The folder in the archive that becomes the model's directory; `nil` means its only top folder, or else its root.
    package let archiveSubdir: String?
    /// The SHA-256 of the downloaded file, 64 lower-case hex digits.
    package let sha256: String?
    /// The size of the downloaded file in bytes.
    package let size: Int64?

    /// The URL without user, password, query and fragment, for logs and messages.
    package var description: String {
        let port = url.port.map { ":\($0)" } ?? ""
        return "\(url.scheme ?? "")://\(url.host ?? "")\(port)\(url.path)"
    }
}

/// The state of a model's files.
package enum ModelStatus: Sendable, Equatable {
    /// Files are missing: their paths below the model's directory, sorted.
    case missing(files: [String])
    /// Files are being downloaded; the percentage is `nil` while the size is unknown.
    case downloading(percent: Int?)
    case present
}
