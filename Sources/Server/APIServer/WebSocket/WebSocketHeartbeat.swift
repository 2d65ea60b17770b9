import NIOCore

/// Pings the client of a WebSocket, and notices when it no longer answers. It is used on the event loop only.
///
/// Everything that arrives is an answer: in the middle of a long message, a client can send no pong. Time in which the
/// server does not read does not count.
final class WebSocketHeartbeat {
    private let eventLoop: any EventLoop
    private let limits: WebSocketLimits
    private let ping: () -> Bool
    private let onTimeout: () -> Void
    private var nextPing: Scheduled<Void>?
    /// Runs out when the client has not answered in time.
    private var patience: Scheduled<Void>?

    /// - Parameters:
    ///   - eventLoop: The channel's.
    ///   - limits: When to ping and how long to wait.
    ///   - ping: Sends a ping, or returns false.
    ///   - onTimeout: Called when the client has not answered in time.
    init(
        on eventLoop: any EventLoop, limits: WebSocketLimits, ping: @escaping () -> Bool,
        onTimeout: @escaping () -> Void
    ) {
        self.eventLoop = eventLoop
        self.limits = limits
        self.ping = ping
        self.onTimeout = onTimeout
        pingLater()
    }

    /// Notes that something has arrived, or that the server does not read, or reads again.
    func excuse() { exchange(&patience, with: nil)?.cancel() }

    /// Whether the server reads, so that an answer can arrive.
    var isReading = true {
        didSet { excuse() }
    }

    /// Ends it.
    func end() {
        excuse()
        nextPing?.cancel()
    }

    private func pingLater() {
        nextPing = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.pingInterval)) {
            if self.ping(), self.patience == nil, self.isReading {
                self.patience = self.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(self.limits.pongTime)) {
                    self.onTimeout()
                }
            }
            self.pingLater()
        }
    }
}
