import Engines
import Essentials
package import ModelStore
import Synchronization

/// Admits requests while there is room, and refuses the others at once.
///
/// A request has its place from the end of its upload to the end of its response, so a slow upload takes no place.
package final class Admission: Sendable {
    private let queue: Mutex<AdmissionQueue>
    private let maximumQueue: Int?

    typealias Load = AdmissionQueue.Load

    /// A request's place, released with the value, or earlier by `finish()`.
    final class Place: Sendable {
        private let admission: Admission
        private let ticket: AdmissionQueue.Ticket

        fileprivate init(_ admission: Admission, _ ticket: AdmissionQueue.Ticket) {
            self.admission = admission
            self.ticket = ticket
        }

        /// Notes how far the request has come.
        @Sendable func note(_ progress: JobProgress) {
            admission.queue.withLock { queue in
                switch progress {
                case .started: queue.begin(ticket, at: .now)
                case .length(let length): queue.measure(ticket, length)
                case .heard(let position): queue.hear(ticket, until: position, at: .now)
                }
            }
        }

        /// Releases the place: the whole recording has been transcribed. `length` is `nil` if nobody has told it.
        func finish(_ length: Duration?) {
            admission.queue.withLock { queue in
                if let length {
                    queue.leave(ticket, length: length, at: .now)
                } else {
                    queue.finish(ticket, at: .now)
                }
            }
        }

        // A place that was released has no effect any more.
        deinit { admission.queue.withLock { $0.leave(ticket, at: .now) } }
    }

    /// If it is not `nil`, `maximumQueue` overrides the `max_queue` of each registry. `lanes` is how many segments a model
    /// decodes at once.
    package init(_ registry: ModelRegistry, maximumQueue: Int?, lanes: Int) {
        self.maximumQueue = maximumQueue
        queue = Mutex(AdmissionQueue(AdmissionQueue.Limits(registry, maximumQueue: maximumQueue, lanes: lanes)))
    }

    /// Applies another registry. Admitted requests stay, even if there are more than it allows.
    func use(_ registry: ModelRegistry, lanes: Int) {
        queue.withLock {
            $0.limits = AdmissionQueue.Limits(registry, maximumQueue: maximumQueue, lanes: lanes)
            $0.forget(allBut: Set(registry.entries.map(\.name) + registry.upstreams.map(\.name)))
        }
    }

    /// The load of each of these models, and of others that have requests or live sessions. `live` is the sound of live
    /// sessions that has no text yet, by model.
    func loads(of models: [String], live: [String: Duration]) -> [String: Load] {
        queue.withLock { $0 }.loads(of: models, live: live)
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
    func enter(_ model: String, bytes: Int, _ format: RecordingFormat) throws(APIError) -> Place {
        do {
            let ticket = try queue.withLock { queue throws(AdmissionQueue.Refusal) in
                try queue.enter(model, bytes: bytes, format)
            }
            return Place(self, ticket)
        } catch {
            throw .queueFull(error, isBodyUnread: false)
        }
    }
}

extension AdmissionQueue.Limits {
    fileprivate init(_ registry: ModelRegistry, maximumQueue: Int?, lanes: Int) {
        self.lanes = lanes
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
