import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What belongs to one request on its way through the server.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection it came on; closed when the client hangs up.
    let channel: any Channel
    /// What it is called in answers and logs.
    private(set) var requestID = ""
    /// The server's log, with the request's id on every line.
    private(set) var log = Logger(label: "asr2clip")
    /// What becomes known of it.
    let record = RequestRecord()
    /// When it came.
    let start = ContinuousClock.now

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Takes the client's name for the request if it is fit for a log line, and makes one otherwise.
    mutating func identify(by given: String?, log: Logger) {
        requestID = RequestID.choose(given: given)
        self.log = log
        self.log[metadataKey: "request"] = "\(requestID)"
    }

    /// How long the request has taken so far.
    var elapsed: Duration { start.duration(to: .now) }

    /// Ends the work for a client that is gone.
    ///
    /// - Throws: `CancellationError` if it has hung up.
    func checkClient() throws {
        guard channel.isActive else { throw CancellationError() }
    }
}
