import Essentials

/// Tracks the running uploads, and chooses which of them ends if there is not room for all: a value without I/O.
///
/// A slow upload could hold its connection and its bytes on disk without limit. So if room is short, a stalled upload
/// is ended, or else the slowest. Only its recent speed counts.
struct UploadShares: Sendable {
    typealias Instant = ContinuousClock.Instant
    typealias ID = Int

    /// The decision about an upload that needs room.
    enum Verdict: Equatable, Sendable {
        /// There is room.
        case proceed
        /// There is room as soon as this upload has ended.
        case proceedInstead(of: ID)
        /// There is no room, and all uploads have only just begun.
        case refused
    }

    private struct Upload {
        let client: String
        let start: Instant
        /// Its bytes on disk.
        var bytes = 0
        /// The bytes received recently: each counts half after `halfLife`.
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
    /// The bytes of uploads that were ended, until they are deleted from the disk.
    private var leaving: [ID: Int] = [:]
    private var nextID = 0

    /// How long an upload runs before its speed is judged.
    static let grace = Duration.seconds(5)
    /// An upload that has received nothing for this long is stalled.
    static let stallTime = Duration.seconds(2)
    private static let halfLife = Duration.seconds(2)
    /// Running uploads leave one part in this many of the room on disk to new ones.
    static let reserve = 8

    init(maximum: Int) { self.maximum = maximum }

    /// Starts an upload. If there are too many, one of the client with the most uploads is ended for it.
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

    mutating func receive(_ id: ID, _ bytes: Int, at now: Instant) {
        uploads[id]?.receive(bytes, at: now)
    }

    /// Counts growth of an upload on a disk with this many free bytes.
    mutating func grow(_ id: ID, by bytes: Int, free: Int, at now: Instant) -> Verdict {
        uploads[id]?.bytes += bytes
        let held = uploads.values.reduce(0) { $0 + $1.bytes }
        let room = min(free, .max / 2) + leaving.values.reduce(0, +)
        // A single upload may use all the room.
        guard uploads.count > 1, room < held / (Self.reserve - 1) else { return .proceed }
        return dismiss(from: uploads, at: now) ?? .proceed
    }

    /// Removes an upload that is complete, or deleted from the disk.
    mutating func end(_ id: ID) {
        uploads[id] = nil
        leaving[id] = nil
    }

    /// Chooses the upload to end: the largest stalled one, or else the slowest that has had its grace time.
    private mutating func dismiss(from candidates: [ID: Upload], at now: Instant) -> Verdict? {
        let stalled = candidates.filter { now - $1.lastReceipt >= Self.stallTime }
        let judged = candidates.filter { now - $1.start >= Self.grace }
        let largest = stalled.max { ($0.value.bytes, $1.key) < ($1.value.bytes, $0.key) }
        let slowest = judged.min { $0.value.pace(at: now) < $1.value.pace(at: now) }
        guard let id = (largest ?? slowest)?.key else { return nil }
        leaving[id] = uploads.removeValue(forKey: id)?.bytes
        return .proceedInstead(of: id)
    }
}
