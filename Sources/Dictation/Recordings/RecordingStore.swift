public import Foundation

/// The folder where recordings wait for their texts.
public struct RecordingStore: Sendable {
    /// Where it is.
    public let path: String

    private static let prefix = "recording-"
    private static let suffix = ".wav"

    /// Names a folder, which need not exist.
    public init(path: String) {
        self.path = path
    }

    /// The folder by the XDG Base Directory Specification, where a relative value is ignored.
    public init(environment: [String: String], home: String) {
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.cache"
        self.init(path: cache + "/asr2clip/recordings")
    }

    /// Begins a recording.
    ///
    /// - Throws: `RecordingError`.
    public func begin(at moment: Date = Date()) throws(RecordingError) -> Recording {
        try makeFolder()
        let path = "\(path)/\(Self.prefix)\(Self.stamp(moment))-\(UUID().uuidString.prefix(8))\(Self.suffix)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RecordingError("make", path) }
        flock(descriptor, LOCK_EX | LOCK_NB)
        let recording = Recording(path: path, began: moment, descriptor: descriptor, samples: 0)
        do throws(RecordingError) {
            try recording.begin()
        } catch {
            recording.remove()
            throw error
        }
        return recording
    }

    /// The recordings whose texts were not delivered and that no running tool has in hand, oldest first. They are locked
    /// from now on, and whole: one that was cut off by a crash gets a true header.
    ///
    /// - Throws: `RecordingError` if one cannot be repaired.
    public func takeWaiting() throws(RecordingError) -> [Recording] {
        var waiting: [Recording] = []
        for path in files() {
            let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            var status = stat()
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
                close(descriptor)
                continue
            }
            let samples = max(0, Int(status.st_size) - WaveHeader.length) / WaveHeader.bytesPerSample
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

    /// How many recordings wait, without taking them; some may be in the hands of a tool that runs.
    public var waitingCount: Int { files().count }

    private func files() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasPrefix(Self.prefix) && $0.hasSuffix(Self.suffix) }
            .sorted().map { "\(path)/\($0)" }
    }

    private func makeFolder() throws(RecordingError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw RecordingError("make the folder for", path)
        }
    }

    // In UTC, so that names sort by time.
    private static let stampFormat = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, timeSeparator: .omitted, includingFractionalSeconds: true, timeZone: .gmt)

    private static func stamp(_ moment: Date) -> String { moment.formatted(stampFormat) }

    private static func moment(_ path: String) -> Date? {
        guard let name = path.split(separator: "/").last?.dropFirst(prefix.count) else { return nil }
        return try? Date(String(name.prefix { $0 != "-" }), strategy: stampFormat)
    }
}
