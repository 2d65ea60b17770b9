/// Puts results that arrive in any order back into the order in which their work began.
struct InOrder<Result> {
    private var begun = 0
    private var released = 0
    private var early: [Int: Result] = [:]

    /// How many results are still to be released.
    var outstanding: Int { begun - released }

    /// Numbers the next piece of work.
    mutating func begin() -> Int {
        defer { begun += 1 }
        return begun
    }

    /// Takes a result.
    ///
    /// - Returns: Those whose turn has come, in order.
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
