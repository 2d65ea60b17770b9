/// Puts results that arrive in any order back into the order in which the work began.
struct InOrder<Result> {
    private var begun = 0
    private var released = 0
    private var early: [Int: Result] = [:]

    /// How many results have not been released.
    var outstanding: Int { begun - released }

    /// Numbers the next piece of work.
    mutating func begin() -> Int {
        defer { begun += 1 }
        return begun
    }

    /// Adds a result.
    ///
    /// - Returns: The results that can be released now, in order.
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
