import HTTPTypes
import NIOCore
import NIOHTTPTypes
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

    init(maximum: Int) { state = Mutex(State(shares: UploadShares(maximum: maximum))) }

    /// One upload's part of the room, released with the value, or earlier by `leave()`.
    final class Place: Sendable {
        private let room: UploadRoom
        private let id: UploadShares.ID
        /// Whether the upload has to make room, and what to do then.
        private let dismissal = Mutex<(isDue: Bool, action: (@Sendable () -> Void)?)>((false, nil))

        fileprivate init(_ room: UploadRoom, _ id: UploadShares.ID) {
            (self.room, self.id) = (room, id)
        }

        deinit { leave() }

        /// Sets the action for the case that the upload has to make room; runs it at once if that has happened already.
        func onDismissal(_ action: @escaping @Sendable () -> Void) {
            let isDue = dismissal.withLock { dismissal in
                dismissal.action = action
                return dismissal.isDue
            }
            if isDue { action() }
        }

        fileprivate func dismiss() {
            let action = dismissal.withLock { dismissal in
                dismissal.isDue = true
                return dismissal.action
            }
            action?()
        }

        func receive(_ bytes: Int) {
            room.state.withLock { $0.shares.receive(id, bytes, at: .now) }
        }

        /// Counts growth of the upload on a disk with this many free bytes. Returns whether an upload, this one or
        /// another, is ended to make room.
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

    /// Starts an upload of a client, which is ended if it has to make room; throws 503 if there are too many.
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
        guard let place else {
            throw .unavailable(
                "too_many_uploads",
                "The server receives as many uploads as it can (--max-connections). Send this one again soon.",
                retryAfter: .seconds(2))
        }
        return place
    }
}

/// The client of an upload, as seen by the code that reads it.
struct UploadingClient: Sendable {
    /// Its address; all clients at one address count as one, and so do those of one IPv6 network, that is, one site.
    var address = ""
    /// Tells a waiting client to send the body now (RFC 9110, section 10.1.1). curl waits if the body is above 1 MiB.
    var askForBody: @Sendable () -> Void = {}
    /// Ends its upload for lack of room, with an error response.
    var end: @Sendable () -> Void = {}
}

extension APIContext {
    /// The client of this request.
    var client: UploadingClient {
        UploadingClient(
            address: channel.remoteAddress?.site ?? "",
            askForBody: { [channel] in
                channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
            },
            end: { [channel] in channel.pipeline.fireUserInboundEventTriggered(UploadGivesWay()) })
    }
}

/// The event for a connection whose upload has to make room for others.
struct UploadGivesWay: Sendable {}

extension SocketAddress {
    /// The IPv4 address, or the IPv6 network (64 bits: RFC 4291, section 2.5.4).
    fileprivate var site: String? {
        guard case .v6(let address) = self else { return ipAddress }
        return withUnsafeBytes(of: address.address.sin6_addr) { bytes in
            bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}

extension APIError {
    /// The error for an upload that has to make room for others.
    static let uploadGaveWay = requestTimeout(
        "The server has no room for all uploads that are on their way, and this one was the slowest. Send it again,"
            + " faster if you can.")
}
