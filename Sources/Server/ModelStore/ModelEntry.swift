public import ModelFamilies

/// One usable entry of models.yaml: a model, where its files belong, and where to fetch them.
public struct ModelEntry: Sendable, Equatable {
    /// The name requests use.
    public let name: String
    /// What kind of model it is.
    public let family: ModelFamily
    /// The absolute path of the model's directory; it need not exist yet.
    public let directory: String
    /// Paths below `directory` by logical name (`model`, `tokens`, `encoder` …).
    public let files: [String: String]
    /// What the registry sets for every request.
    public let options: ModelOptions
    /// Where to fetch the files; `nil` if they are to be put there by hand.
    public let download: ModelDownload?
    /// How many requests may be in hand for this model; `nil` if the server's limit is enough.
    public let maximumQueue: Int?

    /// All that an engine needs to load the model, once no file is missing.
    public var specification: ModelSpecification {
        ModelSpecification(
            name: name, family: family, files: files.mapValues(path(of:)),
            options: options.withPaths(below: directory, of: family))
    }

    /// The files that are not there now, as paths below `directory`, sorted.
    public func missingFiles() -> [String] {
        regularFiles.filter { !FileSystem.isRegularFile(path(of: $0)) }.sorted()
    }

    /// The registered files, and for a registered folder those that must be in it, as paths below `directory`.
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
