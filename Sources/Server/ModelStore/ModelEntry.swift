public import ModelFamilies

/// One usable entry of models.yaml: a model, where its files belong, and where to download them.
public struct ModelEntry: Sendable, Equatable {
    /// The model's name in requests.
    public let name: String
    /// The model's family.
    public let family: ModelFamily
    /// The absolute path of the model's directory; it need not exist yet.
    public let directory: String
    /// Paths below `directory` by logical name (`model`, `tokens`, `encoder` …).
    public let files: [String: String]
    /// The registry's options for every request.
    public let options: ModelOptions
    /// Where to download the files; `nil` if the user puts them there.
    public let download: ModelDownload?
    /// How many requests may be admitted for this model; `nil` if only the server's limit applies.
    public let maximumQueue: Int?

    /// What an engine needs to load the model, once all files are there.
    public var specification: ModelSpecification {
        ModelSpecification(
            name: name, family: family, files: files.mapValues(path(of:)),
            options: options.withPaths(below: directory, of: family))
    }

    /// The missing files, as paths below `directory`, sorted.
    public func missingFiles() -> [String] {
        regularFiles.filter { !FileSystem.isRegularFile(path(of: $0)) }.sorted()
    }

    /// The registered files, and the required files of a registered folder, as paths below `directory`.
    var regularFiles: Set<String> {
        Set(
            files.flatMap { name, file in
                family.contents(ofFolder: name).map { $0.map { file + "/" + $0 } } ?? [file]
            })
    }

    /// The absolute path of a file of the model.
    func path(of file: String) -> String {
        directory + "/" + file
    }
}
