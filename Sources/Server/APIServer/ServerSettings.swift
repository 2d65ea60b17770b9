/// What the HTTP server is told, once, at the start.
public struct ServerSettings: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 takes a free one.
    public var port: Int
    /// The most bytes of sound a request may upload.
    public var maximumUpload: Int
    /// The longest recording a request may send.
    public var maximumDuration: Duration
    /// How long a request waits for its model to be fetched, and then to be loaded.
    public var modelWait: Duration
    /// How long running requests may go on after the server was told to stop: a little less than the 90 s after which
    /// systemd kills a service (systemd-system.conf(5), `DefaultTimeoutStopSec`).
    public var shutdownGrace: Duration
    /// The keys of which a client has to give one; with none, everybody may use the server but delete nothing.
    public var apiKeys: [APIKey]
    /// Names that the server answers to beside those of this machine.
    public var allowedHosts: [HostName]
    /// Web pages that may use the server beside its own.
    public var allowedOrigins: [AllowedOrigin]
    /// What connections may take.
    public var connections: ConnectionLimits

    /// The defaults of the command line.
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
