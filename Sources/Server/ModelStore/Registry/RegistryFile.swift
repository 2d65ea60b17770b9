import Concurrency
import Essentials

/// models.yaml as a file that asr2clip changes, while people may edit it and other processes of asr2clip may change it too.
package struct RegistryFile: Sendable {
    private let paths: ModelPaths
    /// Changes of this process wait for one another here, so they occupy one thread.
    private static let queue = QueueExecutor(label: "changes of models.yaml")

    package init(_ paths: ModelPaths) {
        self.paths = paths
    }

    /// Adds an entry. The file is replaced atomically; its mode stays, its owner where the system permits, and a link to it
    /// leads to the new file. An edit that somebody saves meanwhile is kept, and the entry is added to it.
    ///
    /// If the file has the default path and is missing, it is created first.
    /// `patience` is for programs that are writing the file; `.busy` is thrown after that.
    package func add(
        _ addition: RegistryAddition, _ patience: EditPatience = EditPatience()
    ) async throws(RegistryEditError) {
        try await withCheckedContinuation { continuation in
            Self.queue.run {
                continuation.resume(
                    returning: Result { () throws(RegistryEditError) in try addBlocking(addition, patience) })
            }
        }.get()
    }

    private func addBlocking(
        _ addition: RegistryAddition, _ patience: EditPatience
    ) throws(RegistryEditError) {
        let file = paths.registryFile
        if paths.registryIsDefault {
            do throws(RegistryError) {
                try DefaultRegistry.create(at: file)
            } catch {
                throw failure(.failed, error.description)
            }
        }
        guard let path = FileSystem.realPath(file) else {
            throw failure(.unreadable, "Cannot read the model registry \(file): there is no such file.")
        }
        do throws(FileEditError) {
            try ContestedFile(path: path, patience: patience).edit { (data) throws(FileEditError) in
                guard let text = String(validating: data, as: UTF8.self) else {
                    let reason = "\(file): The model registry is not UTF-8 text; save it as UTF-8."
                    throw .refused(failure(.unreadable, reason))
                }
                do throws(RegistryEditError) {
                    return Data(try RegistryEditor.adding(addition, to: text, file: file).utf8)
                } catch {
                    throw .refused(failure(error.code, error.description))
                }
            }
        } catch {
            throw explained(error, addition)
        }
    }

    /// Deletes what a process that was killed left beside the file; an edit that it had not put back is put back.
    package func tidy() {
        guard let path = FileSystem.realPath(paths.registryFile) else { return }
        ContestedFile(path: path).tidy()
    }

    private func explained(_ error: FileEditError, _ addition: RegistryAddition) -> RegistryEditError {
        let file = paths.registryFile
        let byHand = "add these lines by hand, below models:\n" + addition.lines.joined(separator: "\n")
        return switch error {
        case .refused(let reason): reason
        case .readOnly(let path): failure(.readOnly, "\(path) is read-only. Make it writable, or \(byHand)")
        case .mounted:
            failure(
                .readOnly,
                "\(file) is mounted as a single file and cannot be replaced. Mount its folder instead, or \(byHand)")
        case .busy: busy
        case .system(let error): failure(.failed, error.description)
        }
    }

    /// The error if other programs are changing the file for too long.
    package var busy: RegistryEditError {
        failure(.busy, "Another program is changing \(paths.registryFile). Try again when it is done.")
    }

    private func failure(_ code: RegistryEditError.Code, _ description: String) -> RegistryEditError {
        RegistryEditError(code, description, hiding: paths.folders())
    }
}
