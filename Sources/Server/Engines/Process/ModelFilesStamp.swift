import Essentials
import ModelFamilies

/// Tells whether a model's files have changed since: sizes and times of change by path.
struct ModelFilesStamp: Equatable, Sendable {
    private struct Stamp: Equatable {
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private var files: [String: Stamp] = [:]

    init() {}

    /// What the files of a model are now. Asked for with every request: Foundation would look up the names of their owner
    /// and group as well.
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
