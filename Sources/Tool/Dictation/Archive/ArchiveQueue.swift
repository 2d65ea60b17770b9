import Concurrency
import Dispatch
import Essentials
import Synchronization
import SystemPackage

/// A recording that is to be transcribed. As long as it exists, its folder of results is locked.
struct ArchiveTask: Sendable {
    let source: SourceFile
    let result: String
    let origin: ResultOrigin
    let journal: ResultJournal
}

/// Hands out the recordings of an archive whose results are not there yet, one by one.
final class ArchiveQueue: Sendable {
    enum Step: Sendable {
        case due(ArchiveTask)
        /// The result is there.
        case done
        /// The file needs nothing: it is one of our results, or a recording that was handed out before.
        case passedOver
        /// A recording, or all that are left in a folder, how many, and why they cannot be transcribed.
        case failed(String, count: Int, reason: String)
    }

    private struct Open { weak var journal: ResultJournal? }

    private struct State {
        var walk: FolderWalk
        var journal: ResultJournal?
        /// The journals of recordings that are being transcribed: a second lock on one of them would fail.
        var open: [FileIdentity: Open] = [:]
        /// The results in the folder of the last named file that may be one.
        var results: (folder: String, names: Set<[UInt8]>)?
    }

    /// How the names of results end, in any format.
    private static let resultEndings = [".txt", ".srt", ".vtt", ".json"]

    private let state: Mutex<State>
    private let hidden = Atomic(0)
    private let queue = DispatchQueue(label: "archive")
    private let archive: Archive
    private let options: ResultOptions

    init(_ archive: Archive, _ options: ResultOptions) {
        self.archive = archive
        self.options = options
        state = Mutex(State(walk: FolderWalk(archive.inputs)))
    }

    /// How many hidden folders were passed over so far. Does not wait for a step.
    var hiddenFolders: Int { hidden.load(ordering: .relaxed) }

    /// The next step; `nil` at the end. Steps are given out one after the other.
    ///
    /// - Throws: `CancellationError`.
    func next() async throws -> Step? { try await abandonable(on: queue) { self.state.withLock { self.step(&$0) } } }

    private func step(_ state: inout State) -> Step? {
        let next = state.walk.next()
        hidden.store(state.walk.hiddenFolders, ordering: .relaxed)
        switch next {
        case nil:
            state.journal = nil
            return nil
        case .unreadable(let path, let error)?:
            return .failed(path, count: 1, reason: "cannot be read: \(SystemReason.words(for: error.rawValue)).")
        case .recording(let source)?:
            let folder = SystemPath.folder(of: source.path)
            if source.isNamed, isResult(source.name, in: folder, &state) { return .passedOver }
            return step(source, in: archive.output.map { SystemPath.joined($0, source.place) } ?? folder, &state)
        }
    }

    /// Whether a named file is recorded as a result. Named files of one folder come one after the other, as a shell lists
    /// them, so its journal is read once.
    private func isResult(_ name: String, in folder: String, _ state: inout State) -> Bool {
        guard Self.resultEndings.contains(where: { name.utf8.suffix($0.utf8.count).elementsEqual($0.utf8) }) else {
            return false
        }
        if let results = state.results, results.folder.utf8.elementsEqual(folder.utf8) {
            return results.names.contains(Array(name.utf8))
        }
        let names = ResultJournal.results(in: folder)
        state.results = (folder, names)
        return names.contains(Array(name.utf8))
    }

    private func step(_ source: SourceFile, in folder: String, _ state: inout State) -> Step {
        let journal: ResultJournal
        do throws(ResultError) {
            journal = try self.journal(folder, &state)
        } catch {
            let rest = state.walk.leaveFolder()
            return .failed(folder, count: rest + 1, reason: error.description)
        }
        let result = "\(source.name).\(archive.fileExtension)"
        let origin = ResultOrigin(
            source: archive.output == nil ? source.name : Self.absolute(source.path), stamp: source.stamp,
            options: options)
        switch journal.verdict(on: result, from: origin, archive.rules) {
        case .done: return .done
        case .refused(let reason):
            return .failed(
                source.path, count: 1,
                reason: "'\(SystemPath.joined(folder, result))' \(reason); --overwrite replaces it.")
        case .due:
            // The same recording may be named and be in a folder that is named.
            guard journal.begin(result) else { return .passedOver }
            return .due(ArchiveTask(source: source, result: result, origin: origin, journal: journal))
        }
    }

    private func journal(_ folder: String, _ state: inout State) throws(ResultError) -> ResultJournal {
        // In a folder, one recording comes after the other.
        if let journal = state.journal, journal.folder.utf8.elementsEqual(folder.utf8) { return journal }
        state.journal = nil
        let identity: FileIdentity
        do throws(Errno) {
            if archive.output != nil { try ResultFile.makeFolder(folder) }
            identity = try FileFacts(folder).identity
        } catch {
            throw ResultError("Results cannot be written here", error)
        }
        state.open = state.open.filter { $0.value.journal != nil }
        let journal: ResultJournal
        if let open = state.open[identity]?.journal { journal = open } else { journal = try ResultJournal(folder) }
        state.open[identity] = Open(journal: journal)
        state.journal = journal
        return journal
    }

    /// The whole path of a recording, by which the same recording is known again from another folder.
    private static func absolute(_ path: String) -> String {
        let folder = SystemPath.folder(of: path)
        return SystemPath.joined(SystemPath.real(folder) ?? folder, SystemPath.name(of: path))
    }
}
