import Essentials
import Synchronization
import SystemPackage

/// The results in a folder, and the right to write there: as long as this object exists, the journal is locked
/// (flock(2)), so no other process of asr2clip works in the folder.
///
/// The journal is a file in the folder, with a line of JSON for each result. A line is added and synchronised before its
/// result gets its name, and says what that looks like. So whenever a process is killed, either the new result is there
/// with its line, or a line describes a file that is not there, which counts for nothing. Lines that cannot be read are
/// passed over.
final class ResultJournal: Sendable {
    static let fileName = ".asr2clip-results.jsonl"
    static let partialPrefix = ".asr2clip-partial-"

    private static let lockTries = 20
    /// In microseconds.
    private static let lockPause: UInt32 = 10_000

    private struct State {
        /// By the bytes of the result's name: strings that look alike may be different names.
        var records: [[UInt8]: [ResultRecord]] = [:]
        /// The results that this process has begun.
        var begun: Set<[UInt8]> = []
        /// Whether the journal ends in the middle of a line, because the system stopped there.
        var isTorn = false
    }

    let folder: String
    private let file: FileDescriptor
    private let state: Mutex<State>

    /// Locks and reads the journal of a folder, which must exist. Deletes what a killed process had begun to write.
    ///
    /// - Throws: `ResultError`.
    init(_ folder: String) throws(ResultError) {
        self.folder = folder
        let path = SystemName.cString(SystemPath.joined(folder, Self.fileName))
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw ResultError("Results cannot be written here", Errno(rawValue: errno)) }
        file = FileDescriptor(rawValue: descriptor)
        state = Mutex(State())
        do throws(ResultError) {
            var tries = 0
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                if errno == EINTR { continue }
                // A journal of this process keeps its lock until its last task has let go of it.
                if errno == EWOULDBLOCK, tries < Self.lockTries {
                    tries += 1
                    usleep(Self.lockPause)
                    continue
                }
                guard errno == EWOULDBLOCK else {
                    throw ResultError(
                        "The folder cannot be locked, so name another with --output-dir", Errno(rawValue: errno))
                }
                throw ResultError("Another asr2clip is at work in this folder; run this again when it has ended.")
            }
            try read()
            Self.deletePartials(in: folder)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { try? file.close() }

    /// The names of the results that are recorded in a folder, as bytes. Needs no lock.
    static func results(in folder: String) -> Set<[UInt8]> {
        let descriptor = open(
            SystemName.cString(SystemPath.joined(folder, fileName)), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let lines = JournalLines(FileDescriptor(rawValue: descriptor))
        var names: Set<[UInt8]> = []
        while let record = try? lines.next() { names.insert(Array(record.result.utf8)) }
        return names
    }

    /// Decides about a recording. Blocks while it reads a result.
    func verdict(on name: String, from origin: ResultOrigin, _ rules: ReplacementRules) -> ResultVerdict {
        let path = SystemPath.joined(folder, name)
        let records = state.withLock { $0.records[Array(name.utf8)] ?? [] }
        return ResultVerdict(
            on: origin, records: records, existing: try? FileFacts(path, followsLinks: false), rules: rules,
            hash: { ResultFile.hash(ofFile: path) })
    }

    /// Notes that a result is begun; false if this process has begun it before.
    func begin(_ name: String) -> Bool { state.withLock { $0.begun.insert(Array(name.utf8)).inserted } }

    /// Writes a result: to another file, which then gets the result's name. Blocks.
    ///
    /// - Returns: `.refused` if another program has meanwhile made a file of that name; otherwise `.done`.
    /// - Throws: `ResultError`.
    func write(
        _ text: String, to name: String, from origin: ResultOrigin, _ rules: ReplacementRules
    ) throws(ResultError) -> ResultVerdict {
        let partial = SystemPath.joined(folder, Self.partialPrefix + UniqueID().description)
        defer { unlink(SystemName.cString(partial)) }
        do throws(Errno) {
            let data = Data(text.utf8)
            let written = try ResultFile.save(data, to: partial)
            let record = ResultRecord(result: name, origin: origin, written: written, sha256: ResultFile.hash(of: data))
            // Minutes may have passed since the first verdict.
            let verdict = verdict(on: name, from: origin, rules)
            // A line about this recording would make a strange file look like an edited result.
            let isStrange = verdict == .due(isStrange: true)
            if case .refused(let reason) = verdict { return .refused(reason) }
            if !isStrange { try append(record) }
            try publish(partial, as: name)
            if isStrange { try append(record) }
        } catch {
            throw ResultError("The result cannot be written", error)
        }
        return .done
    }

    /// Gives a file its name, in place of another one.
    private func publish(_ partial: String, as name: String) throws(Errno) {
        let target = SystemPath.joined(folder, name)
        guard rename(SystemName.cString(partial), SystemName.cString(target)) == 0 else { throw Errno(rawValue: errno) }
        let descriptor = open(SystemName.cString(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Some file systems cannot synchronise folders.
        fsync(descriptor)
        close(descriptor)
    }

    /// Adds a line, as a whole or not at all.
    private func append(_ record: ResultRecord) throws(Errno) {
        try state.withLock { state throws(Errno) in
            let size = try FileFacts(file).stamp.size
            var line = JournalLines.line(record)
            if state.isTorn { line.insert(UInt8(ascii: "\n"), at: line.startIndex) }
            do {
                try file.writeAll(line)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                ftruncate(file.rawValue, off_t(size))
                throw error as? Errno ?? .ioError
            }
            state.isTorn = false
            state.records[Array(record.result.utf8), default: []].append(record)
        }
    }

    private func read() throws(ResultError) {
        do throws(Errno) {
            let lines = JournalLines(file)
            var records: [[UInt8]: [ResultRecord]] = [:]
            while let record = try lines.next() { records[Array(record.result.utf8), default: []].append(record) }
            state.withLock { state in
                state.records = records
                state.isTorn = lines.isTorn
            }
        } catch {
            throw ResultError("The journal '\(Self.fileName)' cannot be read", error)
        }
    }

    private static func deletePartials(in folder: String) {
        guard let stream = opendir(SystemName.cString(folder)) else { return }
        defer { closedir(stream) }
        while let name = SystemPath.nextName(in: stream)?.name {
            guard name.hasPrefix(partialPrefix) else { continue }
            unlink(SystemName.cString(SystemPath.joined(folder, name)))
        }
    }
}

/// Why the results of a folder cannot be read or written.
struct ResultError: Error, CustomStringConvertible {
    let description: String
    /// Whether there is no room for any further result.
    let isFullDisk: Bool

    init(_ description: String) {
        self.description = description
        isFullDisk = false
    }

    init(_ what: String, _ reason: Errno) {
        description = "\(what): \(SystemReason.words(for: reason.rawValue))."
        isFullDisk = [.noSpace, .diskQuotaExceeded].contains(reason)
    }
}
