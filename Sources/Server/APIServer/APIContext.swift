import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Upstreams

/// The state of one request on its way through the server.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection of the request; closed when the client disconnects.
    let channel: any Channel
    /// The request's id in responses and logs.
    private(set) var requestID = ""
    /// The server's log, with the request's id on every line.
    private(set) var log = Logger(label: "asr2clip")
    /// The servers that have sent the request on to this one.
    private(set) var hops = UpstreamHops(nil)
    let record = RequestRecord()
    /// When the request arrived.
    let start = ContinuousClock.now

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    mutating func identify(by given: String?, after hops: UpstreamHops = UpstreamHops(nil), log: Logger) {
        self.hops = hops
        requestID = Self.requestID(given: given)
        self.log = log
        self.log[metadataKey: "request"] = "\(requestID)"
    }

    /// The client's id for a request if it is fit for a log line, and a new one otherwise.
    static func requestID(given: String?) -> String {
        if let given, (1...128).contains(given.utf8.count), given.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return given
        }
        let halves = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
        return "req_" + halves.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }

    var elapsed: Duration { start.duration(to: .now) }

    /// Throws `CancellationError` if the client has disconnected.
    func checkClient() throws {
        guard channel.isActive else { throw CancellationError() }
    }
}
