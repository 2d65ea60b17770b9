import ModelFamilies

/// The second copy of a model: whether there is one, for what, and when it is made and let go. A value without I/O.
struct LoneCopy<Key: Equatable, Copy> {
    /// What to do with a wish.
    enum Answer {
        /// Here it is.
        case use(Copy)
        /// There is none for that, and none is to be made now.
        case none
        /// It is to be made, and what took its place before is to be let go.
        case make(insteadOf: Copy?)
    }

    /// What has become of an unused copy.
    enum Look {
        /// Look again after this time.
        case later(Duration)
        /// There is none any more; here is what is to be let go.
        case gone(Copy?)
    }

    /// How long an unused copy stays: longer than somebody who dictates thinks.
    static var keepAlive: Duration { .seconds(600) }
    /// How long a copy stays at least, however often another one is wanted: to make one takes seconds.
    static var leastStay: Duration { .seconds(60) }

    private var wanted: Key?
    private var copy: (key: Key, copy: Copy)?
    private var isBeingMade = false
    private var made: ContinuousClock.Instant?
    private var lastUse: ContinuousClock.Instant?
    /// Whether somebody looks after unused copies.
    private(set) var isWatched = false

    /// Somebody would use a copy. One is made for what is wanted twice in a row.
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

    /// A copy has been made.
    ///
    /// - Returns: Whether somebody has to begin to look after it.
    mutating func finish(_ made: Copy, for key: Key, at now: ContinuousClock.Instant) -> Bool {
        (copy, isBeingMade, self.made, lastUse) = ((key, made), false, now, now)
        let begins = !isWatched
        isWatched = true
        return begins
    }

    /// Looks after an unused copy.
    mutating func look(at now: ContinuousClock.Instant) -> Look {
        guard !isBeingMade else { return .later(Self.keepAlive) }
        let left = Self.keepAlive - (lastUse.map { now - $0 } ?? Self.keepAlive)
        guard copy == nil || left <= .zero else { return .later(left) }
        let old = copy?.copy
        (copy, isWatched) = (nil, false)
        return .gone(old)
    }
}
