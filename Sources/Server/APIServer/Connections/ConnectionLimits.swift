/// The limits of one connection, and how many there may be.
public struct ConnectionLimits: Sendable {
    /// The most connections at the same time.
    public var maximum: Int
    /// How long the head of a request may take from its first byte; for the first request, from the connection's start.
    public var headTime: Duration
    /// How long a connection may be silent while a request is awaited or received; time for a response does not count.
    public var idleTime: Duration
    /// The least bytes per second at which a request's body must arrive and a response must be read.
    public var minimumRate: Int
    /// The time over which that rate is measured.
    public var rateWindow: Duration

    /// The most uploads at the same time: a quarter of the connections stays free for other requests.
    var uploads: Int { max(1, maximum - maximum / 4) }

    /// Sets the limits; the defaults are those of the command line.
    public init(
        maximum: Int = 1024, headTime: Duration = .seconds(15), idleTime: Duration = .seconds(75),
        minimumRate: Int = 500, rateWindow: Duration = .seconds(60)
    ) {
        self.maximum = maximum
        self.headTime = headTime
        self.idleTime = idleTime
        self.minimumRate = minimumRate
        self.rateWindow = rateWindow
    }
}
