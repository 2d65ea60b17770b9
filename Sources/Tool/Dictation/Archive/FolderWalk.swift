import Essentials
import SystemPackage

/// A recording that was found, and where its result goes.
struct SourceFile: Sendable {
    /// Encoded as `SystemName`, like the other paths here.
    let path: String
    /// The folder of its result, relative to the output folder, if there is one; empty for the output folder itself.
    let place: String
    /// Its version when it was found.
    let stamp: FileStamp
    /// Whether the user named it, and not only a folder above it.
    let isNamed: Bool

    var name: String { SystemPath.name(of: path) }
}

/// Finds recordings one by one: those that are named, and those below folders that are named.
///
/// Inputs come in the order they are named in. In a folder, its recordings come first, then its subfolders, each in the
/// order of their names' bytes. One folder's names are in memory at a time, beside those of the subfolders that are
/// still to be read and an identity for each folder that was read. A folder is read once, whatever links lead to it, so
/// links make no loops.
struct FolderWalk {
    enum Step: Sendable {
        case recording(SourceFile)
        /// A file or folder that cannot be read, and the `errno` code that says why.
        case unreadable(String, Errno)
    }

    private struct Folder {
        var path: String
        var place: String
    }

    /// How many hidden folders were passed over so far.
    private(set) var hiddenFolders = 0

    private var inputs: ArraySlice<String>
    private let isPrefixed: Bool
    /// The recordings of the current folder that are left, the next one last.
    private var names: [String] = []
    private var current = Folder(path: "", place: "")
    /// The next one is last.
    private var pending: [Folder] = []
    private var visited: Set<FileIdentity> = []

    /// Walks through files and folders. With several inputs, the place of a recording begins with the name of its input
    /// folder.
    init(_ inputs: [String]) {
        self.inputs = inputs[...]
        isPrefixed = inputs.count > 1
    }

    /// The next recording or failure; `nil` at the end.
    mutating func next() -> Step? {
        while true {
            if let name = names.popLast() { return found(name) }
            if let folder = pending.popLast() {
                do throws(Errno) { try enter(folder) } catch { return .unreadable(folder.path, error) }
                continue
            }
            guard let input = inputs.popFirst() else { return nil }
            do throws(Errno) {
                let facts = try FileFacts(input)
                switch facts.kind {
                case .folder: pending = [Folder(path: input, place: isPrefixed ? Self.place(of: input) : "")]
                case .file: return .recording(SourceFile(path: input, place: "", stamp: facts.stamp, isNamed: true))
                case .other: return .unreadable(input, .noSuchFileOrDirectory)
                }
            } catch {
                return .unreadable(input, error)
            }
        }
    }

    /// Leaves out the recordings of the current folder that are left; returns how many.
    mutating func leaveFolder() -> Int {
        defer { names = [] }
        return names.count
    }

    /// The name of a folder that is an input, which may be `.`.
    static func place(of input: String) -> String {
        let name = SystemPath.name(of: input)
        return ["", ".", ".."].contains(name) ? SystemPath.real(input).map(SystemPath.name) ?? name : name
    }

    private func found(_ name: String) -> Step? {
        let path = SystemPath.joined(current.path, name)
        do throws(Errno) {
            let stamp = try FileFacts(path).stamp
            return .recording(SourceFile(path: path, place: current.place, stamp: stamp, isNamed: false))
        } catch {
            return .unreadable(path, error)
        }
    }

    private mutating func enter(_ folder: Folder) throws(Errno) {
        guard let stream = opendir(SystemName.cString(folder.path)) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        let identity = try FileFacts(FileDescriptor(rawValue: dirfd(stream))).identity
        guard visited.insert(identity).inserted else { return }
        var folders: [String] = []
        errno = 0
        while let (name, type) = SystemPath.nextName(in: stream) {
            switch kind(of: name, in: folder, type: type) {
            case .folder where RecordingName.isHidden(name): hiddenFolders += 1
            case .folder: folders.append(name)
            case .file where RecordingName.isRecording(name): names.append(name)
            case .file, .other: break
            }
            errno = 0
        }
        let failure = errno
        current = folder
        names.sort { $1.utf8.lexicographicallyPrecedes($0.utf8) }
        folders.sort { $1.utf8.lexicographicallyPrecedes($0.utf8) }
        pending += folders.map { name in
            Folder(path: SystemPath.joined(folder.path, name), place: SystemPath.joined(folder.place, name))
        }
        // What was read before the failure is taken all the same.
        if failure != 0 { throw Errno(rawValue: failure) }
    }

    /// What a name in a folder stands for. A link counts as what it leads to; if it leads nowhere, as a file.
    private func kind(of name: String, in folder: Folder, type: UInt8) -> FileFacts.Kind {
        switch Int32(type) {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        case Int32(DT_LNK), Int32(DT_UNKNOWN):
            // A hidden link is passed over in any case.
            guard !RecordingName.isHidden(name) else { return .other }
            return (try? FileFacts(SystemPath.joined(folder.path, name)).kind) ?? .file
        default: return .other
        }
    }
}
