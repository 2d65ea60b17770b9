import EngineLink
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

    init(of model: ModelSpecification) {
        for path in model.paths {
            guard let status = FileStatus.read(path) else { continue }
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

/// stat(2), because Foundation would also look up the names of owner and group, and returns the size of a link.
enum FileStatus {
    static func read(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}

extension ModelSpecification {
    /// The size on disk of the model's files and of files next to them with the same stem: an .onnx file may keep its
    /// weights in another file. `.max` if a size cannot be read.
    var bytes: Int {
        var paths = Set(files.values)
        for path in files.values {
            let file = URL(filePath: path)
            let stem = file.lastPathComponent.prefix { $0 != "." }
            let folder = file.deletingLastPathComponent()
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            paths.formUnion(names.filter { $0.hasPrefix(stem) }.map { folder.appending(path: $0).path })
        }
        return paths.reduce(0) { sum, path in
            FileStatus.read(path).map { sum.addingClamped(Int($0.st_size)) } ?? .max
        }
    }
}

extension DecodeThreads {
    /// Divides an engine's threads into decode lanes; a model may ask for fewer threads by its own `num_threads`.
    ///
    /// Lanes have one thread each: two of them need a fifth to a half less CPU time than one decode on two threads, in
    /// every family that was measured (Benchmarks/lanes.py). A family that decodes one segment at a time has one lane
    /// with all threads. A lone decode gets up to four threads, if there is plenty of memory for a second copy of the
    /// model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - server: How many threads the server gives an engine.
    ///   - memory: How many bytes the engine may have.
    init(for model: ModelSpecification, of server: Int, memory: Int) {
        let threads = max(1, min(model.options.numThreads ?? server, server))
        switch model.family.concurrency {
        case .any:
            let isSmall = model.bytes <= memory / Self.sharesOfMemory
            self.init(lanes: threads, alone: isSmall ? min(threads, Self.mostAlone) : 1)
        case .one: self.init(lanes: 1, perLane: threads)
        }
    }

    private static let mostAlone = 4
    /// A loaded model takes up to twice the size of its files, and the other models need memory as well.
    private static let sharesOfMemory = 16
}
