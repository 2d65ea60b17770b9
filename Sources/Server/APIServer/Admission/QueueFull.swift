import Essentials

/// The error of a request that arrived while the queue was full.
struct QueueFull: Error, Sendable {
    /// Which limit is reached, and what to do about it.
    let message: String
    /// When there may be room.
    let retryAfter: Duration
    /// Whether the request was refused before its upload was read.
    let isBodyUnread: Bool

    init(_ refusal: AdmissionQueue.Refusal, model: String?, isBodyUnread: Bool) {
        self.isBodyUnread = isBodyUnread
        let cause: String
        switch refusal {
        case .total(let limit, let wait):
            cause =
                "The server has \(HumanFormat.count(limit, "request")) in hand, as many as --max-queue or max_queue in models.yaml allow."
            retryAfter = wait
        case .model(let limit, let wait):
            cause =
                "Model '\(model ?? "")' has \(HumanFormat.count(limit, "request")) in hand, as many as its max_queue in models.yaml allows."
            retryAfter = wait
        }
        message = "\(cause) Send this one again in \(retryAfter.components.seconds) s."
    }
}
