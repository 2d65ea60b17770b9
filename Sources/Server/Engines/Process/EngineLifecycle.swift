/// The life of a model's engine as a state machine: when it is started, and when we stop trying. Does no I/O.
struct EngineLifecycle: Sendable {
    /// Where the engine is in its life.
    enum State: Equatable, Sendable {
        case stopped
        case loading
        case running
        case failed(reason: String)
    }

    /// What is to be done now.
    enum Action: Equatable, Sendable {
        case nothing
        case start(after: Duration)
        case giveUp(reason: String)
    }

    private(set) var state = State.stopped
    private var badLoads = 0
    private var quickDeaths = 0
    private var lastStart: ContinuousClock.Instant?
    private var failedAt: ContinuousClock.Instant?
    /// The files that the last start had before it.
    private(set) var triedFiles: ModelFilesStamp?
    /// Whether the engine has been ended because nobody needed it, and nobody has since.
    private(set) var isResting = false

    /// Loads in a row that may end badly before the model counts as failed.
    static let maximumBadLoads = 3
    /// How long a failed model is left alone, unless its files change.
    static let retryInterval = Duration.seconds(60)
    /// An engine that dies sooner after its start than this is started again with a delay.
    static let quickDeath = Duration.seconds(10)

    /// A job wants the engine. The files are looked at only if it does not run.
    mutating func wanted(at now: ContinuousClock.Instant, files: @autoclosure () -> ModelFilesStamp) -> Action {
        switch state {
        case .loading, .running: return .nothing
        case .stopped: return start(at: now, files: files())
        case .failed(let reason):
            let files = files()
            let isOld = failedAt.map { now - $0 >= Self.retryInterval } ?? true
            guard isOld || files != triedFiles else { return .giveUp(reason: reason) }
            return start(at: now, files: files)
        }
    }

    /// The model is loaded, and the engine takes jobs.
    mutating func loaded() {
        state = .running
        badLoads = 0
    }

    /// The engine found a fault in the model's files: trying again would not help.
    mutating func refused(_ reason: String, at now: ContinuousClock.Instant) -> Action {
        fail(reason, at: now)
    }

    /// The engine ended without being asked to; the reason is its last words.
    mutating func died(_ reason: String, at now: ContinuousClock.Instant, files: ModelFilesStamp) -> Action {
        switch state {
        case .loading:
            badLoads += 1
            if badLoads >= Self.maximumBadLoads { return fail(reason, at: now) }
            quickDeaths += 1
            return start(at: now, files: files)
        case .running:
            quickDeaths = lastStart.map { now - $0 < Self.quickDeath } ?? false ? quickDeaths + 1 : 0
            state = .stopped
            return .nothing
        case .stopped, .failed: return .nothing
        }
    }

    /// The engine could not be started for want of something that is not its own; it is tried when it is wanted again.
    mutating func postponed() {
        state = .stopped
        quickDeaths += 1
    }

    /// The engine is ended because nobody needs it now.
    mutating func unloaded() {
        state = .stopped
        quickDeaths = 0
        isResting = true
    }

    private mutating func start(at now: ContinuousClock.Instant, files: ModelFilesStamp) -> Action {
        state = .loading
        isResting = false
        lastStart = now
        triedFiles = files
        return .start(after: Self.delay(afterQuickDeaths: quickDeaths))
    }

    private mutating func fail(_ reason: String, at now: ContinuousClock.Instant) -> Action {
        state = .failed(reason: reason)
        badLoads = 0
        quickDeaths = 0
        failedAt = now
        return .giveUp(reason: reason)
    }

    /// None after the first, then doubling from a tenth of a second to five seconds.
    static func delay(afterQuickDeaths deaths: Int) -> Duration {
        guard deaths > 1 else { return .zero }
        return min(.seconds(5), .milliseconds(100) * (1 << min(deaths - 2, 6)))
    }
}
