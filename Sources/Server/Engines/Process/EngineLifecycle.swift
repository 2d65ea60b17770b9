/// The life of a model's engine as a state machine: when it is started, and when it is given up. Does no I/O.
struct EngineLifecycle: Sendable {
    enum Action: Equatable, Sendable {
        case nothing
        case start(after: Duration)
        case giveUp(reason: String)
    }

    private(set) var status = EngineStatus.unloaded
    private var badLoads = 0
    private var quickDeaths = 0
    private var lastStart: ContinuousClock.Instant?
    private var failedAt: ContinuousClock.Instant?
    /// The model's files at the last start.
    private(set) var triedFiles: ModelFilesStamp?
    /// Whether the engine was ended because it was idle, and has not been needed since.
    private(set) var isResting = false

    /// The failed loads in a row after which the model counts as failed.
    static let maximumBadLoads = 3
    /// How long a failed model is not retried, unless its files change.
    static let retryInterval = Duration.seconds(60)
    /// If an engine dies sooner after its start than this, its restart may be delayed.
    static let quickDeath = Duration.seconds(10)

    /// A job needs the engine. `files` is evaluated only if the engine neither runs nor loads.
    mutating func wanted(at now: ContinuousClock.Instant, files: @autoclosure () -> ModelFilesStamp) -> Action {
        switch status {
        case .loading, .loaded: return .nothing
        case .unloaded: return start(at: now, files: files())
        case .failed(let reason):
            let files = files()
            let isOld = failedAt.map { now - $0 >= Self.retryInterval } ?? true
            guard isOld || files != triedFiles else { return .giveUp(reason: reason) }
            return start(at: now, files: files)
        }
    }

    mutating func loaded() {
        status = .loaded
        badLoads = 0
    }

    /// The engine found a fault in the model's files, so a retry would not help.
    mutating func refused(_ reason: String, at now: ContinuousClock.Instant) -> Action {
        fail(reason, at: now)
    }

    /// The engine ended without being asked to; `reason` has its last words.
    mutating func died(_ reason: String, at now: ContinuousClock.Instant, files: ModelFilesStamp) -> Action {
        switch status {
        case .loading:
            badLoads += 1
            if badLoads >= Self.maximumBadLoads { return fail(reason, at: now) }
            quickDeaths += 1
            return start(at: now, files: files)
        case .loaded:
            quickDeaths = lastStart.map { now - $0 < Self.quickDeath } ?? false ? quickDeaths + 1 : 0
            status = .unloaded
            return .nothing
        case .unloaded, .failed: return .nothing
        }
    }

    /// The engine could not be started because the server lacks a resource; the next job tries again.
    mutating func postponed() {
        status = .unloaded
        quickDeaths += 1
    }

    mutating func unloaded() {
        status = .unloaded
        quickDeaths = 0
        isResting = true
    }

    private mutating func start(at now: ContinuousClock.Instant, files: ModelFilesStamp) -> Action {
        status = .loading
        isResting = false
        lastStart = now
        triedFiles = files
        return .start(after: Self.delay(afterQuickDeaths: quickDeaths))
    }

    private mutating func fail(_ reason: String, at now: ContinuousClock.Instant) -> Action {
        status = .failed(reason: reason)
        badLoads = 0
        quickDeaths = 0
        failedAt = now
        return .giveUp(reason: reason)
    }

    /// The delay before a restart: none after the first quick death, then doubling from 0.1 s to 5 s.
    static func delay(afterQuickDeaths deaths: Int) -> Duration {
        guard deaths > 1 else { return .zero }
        return min(.seconds(5), .milliseconds(100) * (1 << min(deaths - 2, 6)))
    }
}
