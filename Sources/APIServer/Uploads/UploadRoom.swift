import Synchronization

/// The room that the uploads of a server share while they are on their way.
final class UploadRoom: Sendable {
    private struct State {
        var shares: UploadShares
        /// How each upload is ended, if it has to go.
        var ends: [UploadShares.ID: @Sendable () -> Void] = [:]

        /// What ends the upload that has to go.
        mutating func end(by verdict: UploadShares.Verdict) -> (@Sendable () -> Void)? {
            guard case .proceedInstead(let id) = verdict else { return nil }
            return ends.removeValue(forKey: id)
        }
    }

    private let state: Mutex<State>

    /// - Parameter maximum: The most uploads at a time.
    init(maximum: Int) {
        state = Mutex(State(shares: UploadShares(maximum: maximum)))
    }

    /// One upload's part of the room, given back when the value goes, or sooner by `leave()`.
    final class Place: Sendable {
        private let room: UploadRoom
        private let id: UploadShares.ID

        fileprivate init(_ room: UploadRoom, _ id: UploadShares.ID) {
            (self.room, self.id) = (room, id)
        }

        deinit { leave() }

        /// Says how the upload is ended, if it has to go.
        func onDismissal(_ end: @escaping @Sendable () -> Void) {
            room.state.withLock { $0.ends[id] = end }
        }

        /// The upload grows.
        ///
        /// - Parameters:
        ///   - bytes: By how much.
        ///   - free: Bytes that the disk has left.
        /// - Returns: Whether another upload, or this one, goes for it.
        func grow(by bytes: Int, free: Int) -> Bool {
            let end = room.state.withLock { state in
                state.end(by: state.shares.grow(id, by: bytes, free: free, at: .now))
            }
            end?()
            return end != nil
        }

        /// The upload is complete, or off the disk.
        func leave() {
            room.state.withLock { state in
                state.shares.end(id)
                state.ends[id] = nil
            }
        }
    }

    /// An upload begins.
    ///
    /// - Parameter client: Whose it is; its address.
    /// - Throws: `APIError` if there are too many.
    func enter(_ client: String) throws(APIError) -> Place {
        let (id, verdict, end) = state.withLock { state in
            let (id, verdict) = state.shares.begin(client, at: .now)
            return (id, verdict, state.end(by: verdict))
        }
        end?()
        guard verdict != .refused else { throw .tooManyUploads }
        return Place(self, id)
    }
}

extension APIError {
    fileprivate static let tooManyUploads = APIError(
        status: .serviceUnavailable, code: "too_many_uploads",
        message: "The server receives as many uploads as it can (--max-connections). Send this one again soon.",
        retryAfter: .seconds(2), abandonsBody: true)

    /// For an upload that has to make room for others.
    static let uploadGaveWay = APIError(
        status: .requestTimeout, code: "request_timeout",
        message:
            "The server has no room for all uploads that are on their way, and this one was the slowest. Send it again,"
            + " faster if you can.", abandonsBody: true)
}
