/// The limits of one WebSocket.
struct WebSocketLimits: Sendable {
    /// The most bytes of a message, whole or in fragments.
    var messageSize = 21 << 20
    /// The most fragments of a message.
    var fragments = 4096
    /// While messages of more bytes than this wait to be taken, no more are read.
    var waiting = 256 << 10
    /// How often the client is pinged.
    var pingInterval = Duration.seconds(20)
    /// How long the client may be silent after a ping.
    var pongTime = Duration.seconds(20)
    /// How long the client may take to read anything of what was sent.
    var stallTime = Duration.seconds(30)
    /// How long the client may take for its close frame, and again for closing the connection.
    var closeTime = Duration.seconds(5)
}
