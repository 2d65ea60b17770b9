public import ModelStore
import Synchronization

/// Admits requests while there is room, and refuses the others at once.
///
/// A request has its place from the end of its upload to the end of its response, so a slow upload takes no place.
public final class Admission: Sendable {
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
        func finish() {
            leave(isDone: true)
        }

        deinit {
            leave(isDone: false)
        }

        private func leave(isDone: Bool) {
            let before = stage.withLock { exchange(&$0, with: .left) }
            guard before != .left else { return }
            admission.queue.withLock {
                $0.leave(model, bytes: bytes, hasBegun: before == .running, isDone: isDone, at: .now)
            }
        }
    }

    /// Admits as many requests as the registry allows.
    ///
    /// - Parameters:
    ///   - registry: The registry in force.
    ///   - maximumQueue: Overrides the registry's `max_queue` if it is not `nil`.
    public init(_ registry: ModelRegistry, maximumQueue: Int?) {
        self.maximumQueue = maximumQueue
        queue = Mutex(AdmissionQueue(AdmissionQueue.Limits(registry, maximumQueue: maximumQueue)))
    }

    /// Applies another registry. Admitted requests stay, even if there are more than it allows.
    func use(_ registry: ModelRegistry) {
        queue.withLock { $0.limits = AdmissionQueue.Limits(registry, maximumQueue: maximumQueue) }
    }

    /// The number of admitted requests.
    public var requests: Int { queue.withLock { $0.count } }

    /// Checks that a request could be admitted now, before its upload is read.
    ///
    /// - Throws: `QueueFull`.
    func checkRoom() throws(QueueFull) {
        do {
            try queue.withLock { queue throws(AdmissionQueue.Refusal) in try queue.checkRoom() }
        } catch {
            throw QueueFull(error, model: nil, isBodyUnread: true)
        }
    }

    /// Admits a request.
    ///
    /// - Parameters:
    ///   - entry: Its model.
    ///   - bytes: The size of its recording.
    /// - Returns: Its place.
    /// - Throws: `QueueFull`.
    func enter(_ entry: ModelEntry, bytes: Int) throws(QueueFull) -> Place {
        do {
            try queue.withLock { queue throws(AdmissionQueue.Refusal) in
                try queue.enter(entry.name, bytes: bytes)
            }
        } catch {
            throw QueueFull(error, model: entry.name, isBodyUnread: false)
        }
        return Place(self, model: entry.name, bytes: bytes)
    }
}

extension AdmissionQueue.Limits {
    fileprivate init(_ registry: ModelRegistry, maximumQueue: Int?) {
        total = maximumQueue ?? registry.capacity.maximumQueue ?? CapacitySettings.standardQueue
        for entry in registry.entries { models[entry.name] = entry.maximumQueue }
    }
}
