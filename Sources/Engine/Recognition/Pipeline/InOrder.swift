/// Puts results that arrive in any order back into the order in which the work began.
struct InOrder<Result> {
    private var begun = 0
    private var released = 0
    private var early: [Int: Result] = [:]

    var outstanding: Int { begun - released }

    mutating func begin() -> Int {
        defer { begun += 1 }
        return begun
    }

    /// Adds a result, and returns those that can be released now, in order.
    mutating func finish(_ index: Int, with result: Result) -> [Result] {
        early[index] = result
        var turn: [Result] = []
        while let next = early.removeValue(forKey: released) {
            turn.append(next)
            released += 1
        }
        return turn
    }
}
