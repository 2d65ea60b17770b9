import NIOCore

/// Closes a connection behind its last answer, which the client has not read yet.
///
/// To close at once would reset the connection under the answer. So the client gets some time to read it and to stop
/// sending, and then the connection goes (RFC 9112, section 9.6).
enum LingeringClose {
    /// How long a client may go on sending after its answer.
    static let time = TimeAmount.seconds(3)

    static func begin(on channel: any Channel) {
        channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
