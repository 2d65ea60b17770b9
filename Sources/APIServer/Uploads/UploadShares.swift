/// The uploads that are on their way, and which of them has to go when there is no room for all: a value without I/O.
///
/// An upload that trickles holds its connection and its bytes on disk for as long as it likes. So where room is short, the
/// slowest one goes, of the client that takes the most.
struct UploadShares: Sendable {
    typealias Instant = ContinuousClock.Instant
    typealias ID = Int

    /// What becomes of an upload that wants room.
    enum Verdict: Equatable, Sendable {
        /// There is room.
        case proceed
        /// There is room as soon as this one has ended.
        case proceedInstead(of: ID)
        /// There is none: all uploads have only just begun.
        case refused
    }

    private struct Upload {
        let client: String
        let start: Instant
        var bytes = 0

        /// Bytes a second.
        func pace(at now: Instant) -> Double { Double(bytes) / max(1, (now - start) / .seconds(1)) }
    }

    /// The most uploads at a time.
    let maximum: Int
    private var uploads: [ID: Upload] = [:]
    /// Bytes of those that had to go, until they are off the disk.
    private var leaving: [ID: Int] = [:]
    private var nextID = 0

    /// How long an upload may take to show how fast it is, where their number is short.
    static let grace = Duration.seconds(5)
    /// Uploads on their way leave one part in so many of the room on disk to those that come.
    static let reserve = 8

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// An upload begins.
    ///
    /// - Parameters:
    ///   - client: Whose it is; its address.
    ///   - now: The time.
    mutating func begin(_ client: String, at now: Instant) -> (ID, Verdict) {
        let id = nextID
        nextID += 1
        var verdict = Verdict.proceed
        if uploads.count >= maximum {
            let judged = uploads.filter { now - $1.start >= Self.grace }
            verdict = slowest(of: judged, by: { _ in 1 }, at: now).map { dismiss($0) } ?? .refused
        }
        if verdict != .refused { uploads[id] = Upload(client: client, start: now) }
        return (id, verdict)
    }

    /// An upload grows.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - bytes: By how much.
    ///   - free: Bytes that the disk has left.
    ///   - now: The time.
    mutating func grow(_ id: ID, by bytes: Int, free: Int, at now: Instant) -> Verdict {
        uploads[id]?.bytes += bytes
        let held = uploads.values.reduce(0) { $0 + $1.bytes }
        let room = min(free, .max / 2) + leaving.values.reduce(0, +)
        // Alone, it may take all there is.
        guard uploads.count > 1, room < held / (Self.reserve - 1) else { return .proceed }
        return slowest(of: uploads, by: \.bytes, at: now).map { dismiss($0) } ?? .proceed
    }

    /// An upload is complete, or off the disk.
    mutating func end(_ id: ID) {
        uploads[id] = nil
        leaving[id] = nil
    }

    private mutating func dismiss(_ id: ID) -> Verdict {
        leaving[id] = uploads.removeValue(forKey: id)?.bytes
        return .proceedInstead(of: id)
    }

    /// The slowest upload of the client that takes the most.
    private func slowest(of uploads: [ID: Upload], by weight: (Upload) -> Int, at now: Instant) -> ID? {
        var weights: [String: Int] = [:]
        for upload in uploads.values { weights[upload.client, default: 0] += weight(upload) }
        let client = weights.max { $0.value < $1.value }?.key
        return uploads.filter { $1.client == client }.min { $0.value.pace(at: now) < $1.value.pace(at: now) }?.key
    }
}
