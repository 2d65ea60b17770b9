import Essentials
import ModelFamilies

/// A fingerprint of a model's files, to detect changes: size and modification time by path.
struct ModelFilesStamp: Equatable, Sendable {
    private struct Stamp: Equatable {
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private var files: [String: Stamp] = [:]

    init() {}

    /// Reads the files' current state. Calls `stat`, because Foundation would also look up the names of owner and
    /// group.
    init(of model: ModelSpecification) {
        for path in model.paths {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            #if canImport(Darwin)
                let changed = status.st_mtimespec
            #else
                let changed = status.st_mtim
            #endif
            files[path] = Stamp(
                size: Int64(status.st_size), seconds: Int(changed.tv_sec), nanoseconds: Int(changed.tv_nsec))
        }
    }
}
