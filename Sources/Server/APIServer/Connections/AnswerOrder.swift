/// How far a connection's responses are behind its requests; they are sent in the order of the requests.
struct AnswerOrder {
    private var requests = 0
    private var begun = 0
    private var ended = 0

    mutating func requestBegan() { requests += 1 }
    mutating func answerBegan() { begun += 1 }
    mutating func answerEnded() { ended += 1 }

    /// Whether the next thing to send is the response to the latest request.
    var lastMayBeAnswered: Bool { ended == requests - 1 && begun == ended }

    /// Whether all requests have been answered.
    var nextMayBeAnswered: Bool { ended == requests }
}
