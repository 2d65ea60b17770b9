/// How far the answers on a connection are behind its requests; they come in the same order.
struct AnswerOrder {
    private var requests = 0
    private var begun = 0
    private var ended = 0

    mutating func requestBegan() { requests += 1 }
    mutating func answerBegan() { begun += 1 }
    mutating func answerEnded() { ended += 1 }

    /// Whether the next thing to be sent is the answer to the request that came last.
    var lastMayBeAnswered: Bool { ended == requests - 1 && begun == ended }

    /// Whether all that came has been answered.
    var nextMayBeAnswered: Bool { ended == requests }
}
