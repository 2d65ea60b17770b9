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
    let policy: CrossOriginPolicy
    /// Called for each request that is refused before it reaches a handler.
    let onRefusal: @Sendable (RequestOutcome) -> Void
    /// The handlers between the codec and the requests.
    let handlers: @Sendable () -> [any RemovableChannelHandler]

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let decoder = RequestDecoder()
            try channel.pipeline.syncOperations.addHandlers([
                LingeringClose(), HTTP2Refusal(), decoder, HTTPResponseEncoder(), decoder.first,
                RequestRulesHandler(policy: policy, decoder: decoder, onRefusal: onRefusal),
                HTTP1ToHTTPServerCodec(secure: false), UnreadBodyHandler(),
            ])
            try channel.pipeline.syncOperations.addHandlers(handlers())
            try channel.pipeline.syncOperations.addHandler(
                HTTPConnectionStateHandler(idleTimeout: limits.idleTime, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: NIOAsyncChannel.Configuration(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value channel: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: channel, logger: logger)
    }
}
