import ModelFamilies

/// Decides when the second copy of a model is made, for which settings, and when it is released. Pure value, no I/O.
struct LoneCopy<Key: Equatable, Copy> {
    /// The reply to a request for a copy.
    enum Answer {
        /// Use this copy.
        case use(Copy)
        /// There is no copy for these settings, and none is to be made now.
        case none
        /// Make a copy, and release the old one, if any.
        case make(insteadOf: Copy?)
    }

    /// The state of an unused copy.
    enum Look {
        /// Check again after this time.
        case later(Duration)
        /// There is no copy any more; release this one, if any.
        case gone(Copy?)
    }

    /// How long an unused copy is kept: longer than a user pauses between two dictations.
    static var keepAlive: Duration { .seconds(600) }
    /// How long a copy is kept at least, even if other settings are requested: making one takes seconds.
    static var leastStay: Duration { .seconds(60) }

    private var wanted: Key?
    private var copy: (key: Key, copy: Copy)?
    private var isBeingMade = false
    private var made: ContinuousClock.Instant?
    private var lastUse: ContinuousClock.Instant?
    /// Whether a task checks for unused copies.
    private(set) var isWatched = false

    /// Requests a copy. One is made for settings that are requested twice in a row.
    mutating func ask(for key: Key, at now: ContinuousClock.Instant) -> Answer {
        let isWantedAgain = wanted == key
        wanted = key
        if let copy, copy.key == key {
            lastUse = now
            return .use(copy.copy)
        }
        let mayGo = copy == nil || made.map { now - $0 >= Self.leastStay } ?? true
        guard isWantedAgain, !isBeingMade, mayGo else { return .none }
        let old = copy?.copy
        (isBeingMade, copy) = (true, nil)
        return .make(insteadOf: old)
    }

    /// Stores a new copy.
    ///
    /// - Returns: Whether the caller must start checking for unused copies.
    mutating func finish(_ made: Copy, for key: Key, at now: ContinuousClock.Instant) -> Bool {
        (copy, isBeingMade, self.made, lastUse) = ((key, made), false, now, now)
        let begins = !isWatched
        isWatched = true
        return begins
    }

    /// Checks whether the copy is unused.
    mutating func look(at now: ContinuousClock.Instant) -> Look {
        guard !isBeingMade else { return .later(Self.keepAlive) }
        let left = Self.keepAlive - (lastUse.map { now - $0 } ?? Self.keepAlive)
        guard copy == nil || left <= .zero else { return .later(left) }
        let old = copy?.copy
        (copy, isWatched) = (nil, false)
        return .gone(old)
    }
}
