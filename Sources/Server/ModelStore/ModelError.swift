/// The error if a model cannot be used now.
package struct ModelError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// No model or alias has this name.
        case notFound
        /// The model's files are being downloaded; a later request may succeed.
        case notReady
        /// Requests will fail until the files, the registry or the network change.
        case failed
        /// The model is on other servers, so it has no files and no engine here.
        case notLocal
        /// The model has no files that asr2clip may delete.
        case notRemovable
        /// Another model is being downloaded, and this download was not to begin beside it.
        case downloadRunning
        /// The disk has too little room for the download.
        case storageFull
    }

    package let code: Code
    /// What failed, on which value, and what to do about it. Fit for a client: no credentials and no internal causes,
    /// and paths of this machine only below the folders of models and registry.
    package let message: String
    /// The message with whole paths, for the terminal and the log of this machine.
    package let description: String
    /// How long to wait before a retry, if that helps.
    package let retryAfter: Duration?

    /// Describes a failure; `folders` are the absolute paths of folders that are hidden from clients.
    package init(_ code: Code, _ description: String, retryAfter: Duration? = nil, hiding folders: [String] = []) {
        self.code = code
        self.description = description
        message = description.hiding(folders)
        self.retryAfter = retryAfter
    }

    /// The same failure as another error.
    init(_ code: Code, copying other: ModelError) {
        self.code = code
        description = other.description
        message = other.message
        retryAfter = other.retryAfter
    }
}

extension ModelPaths {
    /// A text about the registry or a model, fit for a client.
    package func hidden(in text: String) -> String { text.hiding(folders()) }

    /// The folders that are hidden from clients: those that contain the models, the registry and an entry's model, as
    /// written and with links resolved, also in commands for a shell.
    func folders(around entry: ModelEntry? = nil) -> [String] {
        let folders =
            [modelsRoot, FileSystem.parent(of: registryFile)]
            + [entry?.directory].compactMap(\.self).map(FileSystem.parent)
        return folders.flatMap { [$0, FileSystem.realPath($0) ?? $0] }.flatMap { [$0, $0.quotable] }
    }
}

extension String {
    /// The text with each folder replaced by its last name, and with paths below it shortened to start from there.
    fileprivate func hiding(_ folders: [String]) -> String {
        folders.sorted { $0.utf8.count > $1.utf8.count }.filter { $0.count > 1 }.reduce(self) { text, folder in
            let below = text.replacing(folder + "/", with: "")
            guard let name = folder.split(separator: "/").last else { return below }
            // The match must not be the beginning of a longer name.
            let parts = below.split(separator: folder, omittingEmptySubsequences: false)
            return parts.dropFirst().reduce(String(parts[0])) { text, rest in
                let goesOn = rest.first.map { $0.isLetter || $0.isNumber || "-_".contains($0) } ?? false
                return text + (goesOn ? folder : String(name)) + rest
            }
        }
    }
}
