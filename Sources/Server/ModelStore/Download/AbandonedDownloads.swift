import Concurrency

/// What is left of downloads for models that the registry no longer has.
actor AbandonedDownloads {
    private let folders: Set<String>
    private let directories: Set<String>
    private let executor = QueueExecutor(label: "abandoned downloads")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Describes where to look.
    ///
    /// - Parameters:
    ///   - folders: The folders that models are in; those in them are not looked into.
    ///   - directories: The directories of the models whose downloads stay.
    init(in folders: Set<String>, except directories: Set<String>) {
        self.folders = folders
        self.directories = directories
    }

    /// Deletes what no process is downloading now.
    func remove() {
        for folder in folders { StagingFolder.removeAbandoned(in: folder, except: directories) }
    }
}
