public import ModelStore
import Synchronization

/// Takes requests in hand as long as there is room for them, and refuses the others at once.
///
/// A request has its place from the end of its upload to the end of its answer, so that a slow upload holds up nobody.
public final class Admission: Sendable {
    private let queue: Mutex<AdmissionQueue>
    private let maximumQueue: Int?

    /// A request's place, given back when the value goes, or sooner by `finish()`.
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

        /// Notes that the request goes to its engine.
        func begin() {
            stage.withLock { $0 = .running }
            admission.queue.withLock { $0.begin(model, at: .now) }
        }

        /// Gives the place back: the whole recording has been transcribed.
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

    /// Lets as many requests in as the registry says.
    ///
    /// - Parameters:
    ///   - registry: The registry in force.
    ///   - maximumQueue: What counts more than the registry's `max_queue`, if anything does.
    public init(_ registry: ModelRegistry, maximumQueue: Int?) {
        self.maximumQueue = maximumQueue
        queue = Mutex(AdmissionQueue(AdmissionQueue.Limits(registry, maximumQueue: maximumQueue)))
    }

    /// Puts another registry in force. Requests in hand stay, also where there are more than it allows.
    func use(_ registry: ModelRegistry) {
        queue.withLock { $0.limits = AdmissionQueue.Limits(registry, maximumQueue: maximumQueue) }
    }

    /// The requests in hand.
    public var requests: Int { queue.withLock { $0.count } }

    /// Checks that a request could be taken in hand now, before its upload is read.
    ///
    /// - Throws: `QueueFull`.
    func checkRoom() throws(QueueFull) {
        do {
            try queue.withLock { queue throws(AdmissionQueue.AudioDecodeFailure) in try queue.checkRoom() }
        } catch {
            throw QueueFull(error, model: nil, isBodyUnread: true)
        }
    }

    /// Takes a request in hand.
    ///
    /// - Parameters:
    ///   - entry: Its model.
    ///   - bytes: How large its recording is.
    /// - Returns: Its place.
    /// - Throws: `QueueFull`.
    func enter(_ entry: ModelEntry, bytes: Int) throws(QueueFull) -> Place {
        do {
            try queue.withLock { queue throws(AdmissionQueue.AudioDecodeFailure) in
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
