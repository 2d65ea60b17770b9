package import Essentials

/// The folder with the recordings whose texts are not delivered yet.
package struct RecordingStore: Sendable {
    package let path: String

    package static let longestWait = Duration.seconds(30 * 24 * 3600)

    private static let prefix = "recording-"
    private static let suffix = ".wav"
    /// The prefix of a recording's name until it is locked.
    private static let newPrefix = ".new-"
    /// No recording takes longer than this to get its final name.
    private static let longestBeginning = Duration.seconds(60)

    init(path: String) { self.path = path }

    /// Uses the folder of the XDG Base Directory Specification; a relative value is ignored.
    package init(environment: [String: String], home: String) {
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.cache"
        self.init(path: cache + "/asr2clip/recordings")
    }

    package func begin(at moment: Date = Date()) throws(RecordingError) -> Recording {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw RecordingError("make the folder for", path, SystemReason.code(of: error) ?? EIO)
        }
        let name = "\(Self.prefix)\(moment.formatted(Self.stampFormat))-\(UUID().uuidString.prefix(8))\(Self.suffix)"
        let path = "\(path)/\(name)"
        let newPath = "\(self.path)/\(Self.newPrefix)\(name)"
        let descriptor = open(newPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RecordingError("make", path, errno) }
        let recording = Recording(path: path, began: moment, descriptor: descriptor, samples: 0)
        do throws(RecordingError) {
            // Locked and complete before it gets its name, so that no other process takes it for an abandoned one.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw RecordingError("lock", path, errno) }
            try recording.begin()
            guard rename(newPath, path) == 0 else { throw RecordingError("make", path, errno) }
        } catch {
            unlink(newPath)
            throw error
        }
        return recording
    }

    /// Locks and returns the recordings whose texts were not delivered and that no running tool has locked, oldest
    /// first. If a crash cut a recording off, its header is corrected; empty ones are deleted.
    func takeWaiting() throws(RecordingError) -> [Recording] {
        var waiting: [Recording] = []
        for path in files() {
            guard let (descriptor, size) = Self.lock(path) else { continue }
            let samples = max(0, size - WaveHeader.length) / WaveHeader.bytesPerSample
            let recording = Recording(
                path: path, began: Self.moment(path) ?? Date(), descriptor: descriptor, samples: samples)
            if samples == 0 {
                recording.remove()
            } else {
                try recording.finish()
                waiting.append(recording)
            }
        }
        return waiting
    }

    /// The number of abandoned recordings; those that a running tool has locked do not count.
    package var waitingCount: Int {
        files().count { path in
            let lock = Self.lock(path)
            if let lock { close(lock.descriptor) }
            return lock != nil
        }
    }

    /// Deletes recordings that no running tool has locked, all or those of an age; returns how many.
    @discardableResult
    package func discard(olderThan age: Duration? = nil, now: Date = Date()) -> Int {
        // Left behind by a tool that was killed while it started a recording.
        for path in files(Self.newPrefix) where Self.isOlder(path, than: Self.longestBeginning, now) {
            Self.delete(path)
        }
        return files().count { path in
            if let age, !Self.isOlder(path, than: age, now) { return false }
            return Self.delete(path)
        }
    }

    private static func isOlder(_ path: String, than age: Duration, _ now: Date) -> Bool {
        moment(path).map { now.timeIntervalSince($0) >= age / .seconds(1) } ?? false
    }

    /// Returns false if a running tool has locked it.
    @discardableResult
    private static func delete(_ path: String) -> Bool {
        guard let lock = lock(path) else { return false }
        unlink(path)
        close(lock.descriptor)
        return true
    }

    private static func lock(_ path: String) -> (descriptor: Int32, size: Int)? {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
            close(descriptor)
            return nil
        }
        return (descriptor, Int(status.st_size))
    }

    private func files(_ prefix: String = prefix) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(Self.suffix) }
            .sorted().map { "\(path)/\($0)" }
    }

    // In UTC, so that names sort by time.
    private static let stampFormat = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, timeSeparator: .omitted, includingFractionalSeconds: true, timeZone: .gmt)

    private static func moment(_ path: String) -> Date? {
        guard let name = path.split(separator: "/").last?.replacing(newPrefix, with: "").dropFirst(prefix.count)
        else { return nil }
        return try? Date(String(name.prefix { $0 != "-" }), strategy: stampFormat)
    }
}
