import Synchronization

/// The room that a server's running uploads share.
final class UploadRoom: Sendable {
    private struct State {
        var shares: UploadShares
        /// Ends each upload, if it has to make room.
        var ends: [UploadShares.ID: @Sendable () -> Void] = [:]

        /// The action that ends the upload chosen by a verdict.
        func end(by verdict: UploadShares.Verdict) -> (@Sendable () -> Void)? {
            if case .proceedInstead(let id) = verdict { ends[id] } else { nil }
        }
    }

    private let state: Mutex<State>

    /// - Parameter maximum: The most uploads at a time.
    init(maximum: Int) {
        state = Mutex(State(shares: UploadShares(maximum: maximum)))
    }

    /// One upload's part of the room, released with the value, or earlier by `leave()`.
    final class Place: Sendable {
        private let room: UploadRoom
        private let id: UploadShares.ID
        private let isDismissed = Atomic(false)
        private let onDismissal = Mutex<(@Sendable () -> Void)?>(nil)

        fileprivate init(_ room: UploadRoom, _ id: UploadShares.ID) {
            (self.room, self.id) = (room, id)
        }

        deinit { leave() }

        /// Sets the action for the case that the upload has to make room; runs it at once if that has happened already.
        func onDismissal(_ action: @escaping @Sendable () -> Void) {
            onDismissal.withLock { $0 = action }
            if isDismissed.load(ordering: .sequentiallyConsistent) { dismiss() }
        }

        fileprivate func dismiss() {
            isDismissed.store(true, ordering: .sequentiallyConsistent)
            onDismissal.withLock { exchange(&$0, with: nil) }?()
        }

        /// Counts received bytes of the upload.
        func receive(_ bytes: Int) {
            room.state.withLock { $0.shares.receive(id, bytes, at: .now) }
        }

        /// Counts growth of the upload on disk.
        ///
        /// - Parameters:
        ///   - bytes: By how much it grows.
        ///   - free: The free bytes of the disk.
        /// - Returns: Whether an upload, this one or another, is ended to make room.
        func grow(by bytes: Int, free: Int) -> Bool {
            let end = room.state.withLock { state in
                state.end(by: state.shares.grow(id, by: bytes, free: free, at: .now))
            }
            end?()
            return end != nil
        }

        /// Removes the upload: it is complete, or deleted from the disk.
        func leave() {
            room.state.withLock { state in
                state.shares.end(id)
                state.ends[id] = nil
            }
        }
    }

    /// Starts an upload.
    ///
    /// - Parameter client: Its client, whose upload is ended if it has to make room.
    /// - Returns: Its place.
    /// - Throws: `APIError` if there are too many.
    func enter(_ client: UploadingClient) throws(APIError) -> Place {
        let (place, end) = state.withLock { state in
            let (id, verdict) = state.shares.begin(client.address, at: .now)
            guard verdict != .refused else { return (Place?.none, nil as (@Sendable () -> Void)?) }
            let place = Place(self, id)
            state.ends[id] = { [weak place] in
                client.end()
                place?.dismiss()
            }
            return (place, state.end(by: verdict))
        }
        end?()
        guard let place else { throw .tooManyUploads }
        return place
    }
}

extension APIError {
    fileprivate static let tooManyUploads = APIError(
        status: .serviceUnavailable, code: "too_many_uploads",
        message: "The server receives as many uploads as it can (--max-connections). Send this one again soon.",
        retryAfter: .seconds(2), abandonsBody: true)

    /// The error for an upload that has to make room for others.
    static let uploadGaveWay = APIError(
        status: .requestTimeout, code: "request_timeout",
        message:
            "The server has no room for all uploads that are on their way, and this one was the slowest. Send it again,"
            + " faster if you can.", abandonsBody: true)
}
