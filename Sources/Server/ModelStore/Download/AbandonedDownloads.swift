import Concurrency

/// Deletes leftover downloads of models that the registry no longer has.
actor AbandonedDownloads {
    private let folders: Set<String>
    private let directories: Set<String>
    private let executor = QueueExecutor(label: "abandoned downloads")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Sets where to search.
    ///
    /// - Parameters:
    ///   - folders: The folders that contain models; their subfolders are not searched.
    ///   - directories: The directories of the models whose downloads stay.
    init(in folders: Set<String>, except directories: Set<String>) {
        self.folders = folders
        self.directories = directories
    }

    /// Deletes the leftovers that no process is downloading now.
    func remove() {
        for folder in folders { StagingFolder.removeAbandoned(in: folder, except: directories) }
    }
}
