import Essentials

/// The uploads that are on their way, and which of them has to go when there is no room for all: a value without I/O.
///
/// An upload that trickles holds its connection and its bytes on disk for as long as it likes. So where room is short, one
/// that stands still goes, else the slowest. How fast it was before does not help it.
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
        /// What it has on disk.
        var bytes = 0
        /// What came lately: each byte counts half after `halfLife`.
        var recent = 0.0
        var lastReceipt: Instant

        func pace(at now: Instant) -> Double {
            recent * exp2(-((now - lastReceipt) / UploadShares.halfLife))
        }

        mutating func receive(_ count: Int, at now: Instant) {
            recent = pace(at: now) + Double(count)
            lastReceipt = now
        }
    }

    /// The most uploads at a time.
    let maximum: Int
    private var uploads: [ID: Upload] = [:]
    /// Bytes of those that had to go, until they are off the disk.
    private var leaving: [ID: Int] = [:]
    private var nextID = 0

    /// How long an upload may take to show how fast it is.
    static let grace = Duration.seconds(5)
    /// An upload of which nothing came for so long stands still.
    static let standstill = Duration.seconds(2)
    private static let halfLife = Duration.seconds(2)
    /// Uploads on their way leave one part in so many of the room on disk to those that come.
    static let reserve = 8

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// An upload begins. If there are too many, one of the client that has most goes for it.
    ///
    /// - Parameters:
    ///   - client: Whose it is; its address.
    ///   - now: The time.
    /// - Returns: What it is called here, and whether there is room for it.
    mutating func begin(_ client: String, at now: Instant) -> (ID, Verdict) {
        let id = nextID
        nextID += 1
        var verdict = Verdict.proceed
        if uploads.count >= maximum {
            let counts = Dictionary(grouping: uploads.values, by: \.client).mapValues(\.count)
            let most = counts.values.max()
            verdict = dismiss(from: uploads.filter { counts[$1.client] == most }, at: now) ?? .refused
        }
        if verdict != .refused { uploads[id] = Upload(client: client, start: now, lastReceipt: now) }
        return (id, verdict)
    }

    /// Some of an upload came.
    mutating func receive(_ id: ID, _ bytes: Int, at now: Instant) {
        uploads[id]?.receive(bytes, at: now)
    }

    /// An upload grows on disk.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - bytes: By how much.
    ///   - free: Bytes that the disk has left.
    ///   - now: The time.
    /// - Returns: Whether there is room for that.
    mutating func grow(_ id: ID, by bytes: Int, free: Int, at now: Instant) -> Verdict {
        uploads[id]?.bytes += bytes
        let held = uploads.values.reduce(0) { $0 + $1.bytes }
        let room = min(free, .max / 2) + leaving.values.reduce(0, +)
        // Alone, it may take all there is.
        guard uploads.count > 1, room < held / (Self.reserve - 1) else { return .proceed }
        return dismiss(from: uploads, at: now) ?? .proceed
    }

    /// An upload is complete, or off the disk.
    mutating func end(_ id: ID) {
        uploads[id] = nil
        leaving[id] = nil
    }

    /// Takes one out: of those that stand still the largest, else of those that had their time the slowest.
    private mutating func dismiss(from candidates: [ID: Upload], at now: Instant) -> Verdict? {
        let still = candidates.filter { now - $1.lastReceipt >= Self.standstill }
        let judged = candidates.filter { now - $1.start >= Self.grace }
        let largest = still.max { ($0.value.bytes, $1.key) < ($1.value.bytes, $0.key) }
        let slowest = judged.min { $0.value.pace(at: now) < $1.value.pace(at: now) }
        guard let id = (largest ?? slowest)?.key else { return nil }
        leaving[id] = uploads.removeValue(forKey: id)?.bytes
        return .proceedInstead(of: id)
    }
}
