/// The settings of the HTTP server, fixed at its start; the defaults are those of the command line.
package struct ServerSettings: Sendable {
    package var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    package var port = 8000
    /// The most bytes of audio in an upload.
    package var maximumUpload = 1 << 30
    /// The longest recording in a request.
    package var maximumDuration = Duration.seconds(6 * 3600)
    /// How long a request waits for its model to be downloaded, and then to be loaded.
    package var modelWait = Duration.seconds(60)
    /// How long running requests may go on after the server was asked to stop: a little less than the 90 s after which
    /// systemd kills a service (systemd-system.conf(5), `DefaultTimeoutStopSec`).
    package var shutdownGrace = Duration.seconds(80)
    /// The keys of which a client needs one; if there are none, anybody may use the server, but not add,
    /// unload and delete models.
    package var apiKeys: [APIKey] = []
    /// Whether clients may download, load, unload, add and delete models by requests about models.
    package var allowsModelChanges = true
    /// Names that the server answers to besides those of this machine.
    package var allowedHosts: [HostName] = []
    /// Origins of web pages that may use the server, besides its own.
    package var allowedOrigins: [AllowedOrigin] = []
    package var connections = ConnectionLimits()
    package var live = RealtimeLimits()

    /// Which models clients may change.
    var modelChanges: ModelChanges {
        if !allowsModelChanges { .off } else if apiKeys.isEmpty { .keyRequired } else { .allowed }
    }

    package init() {}
}

/// What clients may change about models, as `GET /v1/catalogue` tells them.
enum ModelChanges: String, Sendable {
    /// Everything.
    case allowed
    /// Only what a transcription does too, download and load: the server has no key that a client could have.
    case keyRequired = "key_required"
    /// Nothing.
    case off
}

/// The limits of one connection, and how many there may be; the defaults are those of the command line.
package struct ConnectionLimits: Sendable {
    /// The most connections at the same time.
    package var maximum = 1024
    /// How long the head of a request may take from its first byte; for the first request, from the connection's start.
    package var headTime = Duration.seconds(15)
    /// How long a connection may be silent while a request is awaited or received; time for a response does not count.
    package var idleTime = Duration.seconds(75)
    /// The least bytes per second at which a request's body must arrive and a response must be read.
    package var minimumRate = 500
    /// The time over which that rate is measured.
    package var rateWindow = Duration.seconds(60)

    /// The most uploads at the same time: a quarter of the connections stays free for other requests.
    var uploads: Int { max(1, maximum - maximum / 4) }

    package init() {}
}
