/// The settings of the HTTP server, fixed at its start.
public struct ServerSettings: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 takes a free one.
    public var port: Int
    /// The most bytes of audio in an upload.
    public var maximumUpload: Int
    /// The longest recording in a request.
    public var maximumDuration: Duration
    /// How long a request waits for its model to be downloaded, and then to be loaded.
    public var modelWait: Duration
    /// How long running requests may go on after the server was asked to stop: a little less than the 90 s after which
    /// systemd kills a service (systemd-system.conf(5), `DefaultTimeoutStopSec`).
    public var shutdownGrace: Duration
    /// The keys of which a client needs one; if there are none, anybody may use the server but not delete models.
    public var apiKeys: [APIKey]
    /// Names that the server answers to besides those of this machine.
    public var allowedHosts: [HostName]
    /// Origins of web pages that may use the server, besides its own.
    public var allowedOrigins: [AllowedOrigin]
    /// The limits of connections.
    public var connections: ConnectionLimits

    /// Sets the values; the defaults are those of the command line.
    public init(
        host: String = "127.0.0.1", port: Int = 8000, maximumUpload: Int = 1 << 30,
        maximumDuration: Duration = .seconds(6 * 3600), modelWait: Duration = .seconds(60),
        shutdownGrace: Duration = .seconds(80), apiKeys: [APIKey] = [],
        allowedHosts: [HostName] = [], allowedOrigins: [AllowedOrigin] = [],
        connections: ConnectionLimits = ConnectionLimits()
    ) {
        self.host = host
        self.port = port
        self.maximumUpload = maximumUpload
        self.maximumDuration = maximumDuration
        self.modelWait = modelWait
        self.shutdownGrace = shutdownGrace
        self.apiKeys = apiKeys
        self.allowedHosts = allowedHosts
        self.allowedOrigins = allowedOrigins
        self.connections = connections
    }
}
