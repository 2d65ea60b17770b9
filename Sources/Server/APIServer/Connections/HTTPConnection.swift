import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The handlers of one connection, from the socket to the requests.
///
/// Hummingbird's own channel does not allow handlers below its codec, but HTTP/1.0, upgrades and malformed requests can
/// only be seen there.
struct HTTPConnection: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    let count: ConnectionCount
    let policy: CrossOriginPolicy
    let hangUps: DisconnectRegistry
    let shutdown: Shutdown
    let metrics: ServerMetrics
    /// The server's log; Hummingbird passes one of its own.
    let log: Logger

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let decoder = RequestDecoder()
            try channel.pipeline.syncOperations.addHandlers([
                LingeringClose(), HTTP2Refusal(), decoder, HTTPResponseEncoder(), decoder.decoder,
                RequestRulesHandler(policy: policy, decoder: decoder, shutdown: shutdown) {
                    $0.report(to: log, metrics)
                },
                HTTP1ToHTTPServerCodec(secure: false), SecurityHeadersHandler(),
                ConnectionLimitHandler(count: count, metrics: metrics, policy: policy, logger: log),
                RequestPaceHandler(limits: limits, policy: policy), HangUpHandler(hangUps),
                HTTPConnectionStateHandler(idleTimeout: limits.idleTime, logger: logger),
            ])
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: NIOAsyncChannel.Configuration(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value channel: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: channel, logger: logger)
    }
}
