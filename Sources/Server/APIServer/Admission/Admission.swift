import Essentials
package import ModelStore
import Synchronization

/// Admits requests while there is room, and refuses the others at once.
///
/// A request has its place from the end of its upload to the end of its response, so a slow upload takes no place.
package final class Admission: Sendable {
    private let queue: Mutex<AdmissionQueue>
    private let maximumQueue: Int?

    /// A request's place, released with the value, or earlier by `finish()`.
    final class Place: Sendable {
        private enum Stage {
            case waiting, running, left
        }

        private let admission: Admission
        private let model: String
        private let bytes: Int
        private let stage = Mutex(Stage.waiting)

        fileprivate init(_ admission: Admission, model: String, bytes: Int) {
            self.admission = admission
            self.model = model
            self.bytes = bytes
        }

        /// Notes that the request is passed to its engine.
        func begin() {
            stage.withLock { $0 = .running }
            admission.queue.withLock { $0.begin(model, at: .now) }
        }

        /// Releases the place: the whole recording has been transcribed.
        func finish() { leave(isDone: true) }

        deinit { leave(isDone: false) }

        private func leave(isDone: Bool) {
            let before = stage.withLock { exchange(&$0, with: .left) }
            guard before != .left else { return }
            admission.queue.withLock {
                $0.leave(model, bytes: bytes, hasBegun: before == .running, isDone: isDone, at: .now)
            }
        }
    }

    /// If it is not `nil`, `maximumQueue` overrides the `max_queue` of each registry.
    package init(_ registry: ModelRegistry, maximumQueue: Int?) {
        self.maximumQueue = maximumQueue
        queue = Mutex(AdmissionQueue(AdmissionQueue.Limits(registry, maximumQueue: maximumQueue)))
    }

    /// Applies another registry. Admitted requests stay, even if there are more than it allows.
    func use(_ registry: ModelRegistry) {
        queue.withLock { $0.limits = AdmissionQueue.Limits(registry, maximumQueue: maximumQueue) }
    }

    /// Checks that a request could be admitted now, before its upload is read; otherwise throws 429.
    func checkRoom() throws(APIError) {
        do {
            try queue.withLock { queue throws(AdmissionQueue.Refusal) in try queue.checkRoom() }
        } catch {
            throw .queueFull(error, isBodyUnread: true)
        }
    }

    /// Admits a request to a model with a recording of this size, or throws 429.
    func enter(_ model: String, bytes: Int) throws(APIError) -> Place {
        do {
            try queue.withLock { queue throws(AdmissionQueue.Refusal) in
                try queue.enter(model, bytes: bytes)
            }
        } catch {
            throw .queueFull(error, isBodyUnread: false)
        }
        return Place(self, model: model, bytes: bytes)
    }
}

extension AdmissionQueue.Limits {
    fileprivate init(_ registry: ModelRegistry, maximumQueue: Int?) {
        total = maximumQueue ?? registry.capacity.maximumQueue ?? CapacitySettings.standardQueue
        for entry in registry.entries { models[entry.name] = entry.maximumQueue }
        for entry in registry.upstreams { models[entry.name] = entry.maximumQueue }
    }
}

extension APIError {
    fileprivate static func queueFull(_ refusal: AdmissionQueue.Refusal, isBodyUnread: Bool) -> Self {
        let requests = HumanFormat.count(refusal.limit, "request")
        let cause =
            if let model = refusal.model {
                "Model '\(model)' has \(requests) in hand, as many as its max_queue in models.yaml allows."
            } else {
                "The server has \(requests) in hand, as many as --max-queue or max_queue in models.yaml allow."
            }
        return APIError(
            status: .tooManyRequests, code: "queue_full",
            message: "\(cause) Send this one again in \(refusal.retryAfter.components.seconds) s.",
            retryAfter: refusal.retryAfter, abandonsBody: isBodyUnread)
    }
}
