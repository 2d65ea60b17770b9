/// Why a model cannot be used now.
public struct ModelError: Error, Sendable {
    /// What kind of failure it is; each has its own answer over HTTP.
    public enum Code: Sendable, Equatable {
        /// No model or alias has this name.
        case notFound
        /// The model's files are on their way; asking again later helps.
        case notReady
        /// Asking again does not help until somebody changes the files, the registry or the network.
        case failed
        /// There is nothing of the model that we may delete.
        case notRemovable
    }

    /// What kind of failure it is.
    public let code: Code
    /// What failed, on which value, and what to do. Fit for a client: no credentials, no internal causes, and of this
    /// machine's paths only what is below the folders of models and registry.
    public let message: String
    /// The message with whole paths, for who is on this machine: terminal and log.
    public let description: String
    /// How long to wait before asking again, where that helps.
    public let retryAfter: Duration?
    /// What lay beneath, for the log.
    public let cause: (any Error)?

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - code: What kind of failure it is.
    ///   - description: What failed, on which value, and what to do.
    ///   - retryAfter: How long to wait before asking again, where that helps.
    ///   - cause: What lay beneath.
    ///   - folders: Absolute paths of folders that clients are not told.
    public init(
        _ code: Code, _ description: String, retryAfter: Duration? = nil, cause: (any Error)? = nil,
        hiding folders: [String] = []
    ) {
        self.code = code
        self.description = description
        message = description.hiding(folders)
        self.retryAfter = retryAfter
        self.cause = cause
    }
}

extension ModelError: CustomStringConvertible {}

extension ModelPaths {
    /// The folders of this machine that clients are not told: those that hold models, registry, and an entry's model, as
    /// they were written and where links in them lead.
    func folders(around entry: ModelEntry? = nil) -> [String] {
        let folders =
            [modelsRoot, Placement.parent(of: registryFile)]
            + [entry?.directory].compactMap(\.self).map(Placement.parent)
        return folders.flatMap { [$0, FileSystem.realPath($0) ?? $0] }
    }
}

extension String {
    /// The text with the last name of each folder in the folder's place; paths below it start from there.
    fileprivate func hiding(_ folders: [String]) -> String {
        folders.sorted { $0.utf8.count > $1.utf8.count }.filter { $0.count > 1 }.reduce(self) { text, folder in
            let below = text.replacing(folder + "/", with: "")
            guard let name = folder.split(separator: "/").last else { return below }
            // Not the beginning of another name.
            let parts = below.split(separator: folder, omittingEmptySubsequences: false)
            return parts.dropFirst().reduce(String(parts[0])) { text, rest in
                let goesOn = rest.first.map { $0.isLetter || $0.isNumber || "-_".contains($0) } ?? false
                return text + (goesOn ? folder : String(name)) + rest
            }
        }
    }
}
