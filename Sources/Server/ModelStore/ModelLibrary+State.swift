/// The state of a model's files, with the progress of their download or the failure of the last one.
package enum ModelFileState: Sendable {
    /// Files are missing: their paths below the model's directory, sorted.
    case missing(files: [String], failure: ModelError?)
    case downloading(DownloadProgress)
    case present
}

extension ModelLibrary {
    package func state(of entry: ModelEntry) -> ModelFileState {
        let missing = entry.missingFiles()
        if missing.isEmpty { return .present }
        if let fetch = fetches[entry.directory] { return .downloading(fetch.progress.value ?? partial(of: entry)) }
        guard StagingFolder.isOwned(for: entry.directory) else {
            return .missing(files: missing, failure: failures[entry.name]?.error)
        }
        return .downloading(partial(of: entry))
    }

    package func status(of entry: ModelEntry) -> ModelStatus {
        switch state(of: entry) {
        case .missing(let files, _): .missing(files: files)
        case .downloading(let progress): .downloading(percent: progress.percent)
        case .present: .present
        }
    }

    /// The progress of a download by another process, or by one that is about to begin.
    private func partial(of entry: ModelEntry) -> DownloadProgress {
        let partial = StagingFolder.partial(for: entry.directory)
        return DownloadProgress(
            model: entry.name, phase: .waiting, received: partial.size, total: partial.record?.total)
    }
}
