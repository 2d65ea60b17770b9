import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The state of one request on its way through the server.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection of the request; closed when the client disconnects.
    let channel: any Channel
    /// The request's id in responses and logs.
    private(set) var requestID = ""
    /// The server's log, with the request's id on every line.
    private(set) var log = Logger(label: "asr2clip")
    /// What the handlers find out about the request.
    let record = RequestRecord()
    /// When the request arrived.
    let start = ContinuousClock.now

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Takes the client's id for the request if it is fit for a log line, and makes one otherwise.
    mutating func identify(by given: String?, log: Logger) {
        requestID = RequestID.choose(given: given)
        self.log = log
        self.log[metadataKey: "request"] = "\(requestID)"
    }

    /// How long the request has taken so far.
    var elapsed: Duration { start.duration(to: .now) }

    /// Stops the work for a client that is gone.
    ///
    /// - Throws: `CancellationError` if the client has disconnected.
    func checkClient() throws {
        guard channel.isActive else { throw CancellationError() }
    }
}
