import Concurrency
import NIOCore
import Synchronization

/// A file on a web server of this machine that sends the first half of it, and the rest once it is released.
public final class HeldFile: Sendable {
    private let bytes: [UInt8]
    private let promised: Int
    private let released = OneShot<Void>()
    private let sendings = Mutex(0)
    fileprivate let port = Mutex(0)

    fileprivate init(_ bytes: [UInt8], promised: Int) {
        self.bytes = bytes
        self.promised = promised
    }

    /// Its server's address; the server has this file at every path.
    public var server: String { "http://127.0.0.1:\(port.withLock { $0 })" }
    /// Its address.
    public var url: String { server + "/model.tar.gz" }
    /// How many bytes are sent before it is released.
    public var half: Int { bytes.count / 2 }
    /// Its size in bytes.
    public var size: Int { bytes.count }
    /// How often it was requested.
    public var requests: Int { sendings.withLock { $0 } }

    /// Lets the second half go, of this request and of later ones.
    public func release() { released.resolve() }

    fileprivate func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await client.executeThenClose { incoming, outgoing in
            var request = ""
            for try await piece in incoming {
                request += String(buffer: piece)
                guard request.hasSuffix("\r\n\r\n") else { continue }
                request = ""
                sendings.withLock { $0 += 1 }
                // With a tag, what has arrived is kept when the download is cancelled.
                let head = "HTTP/1.1 200 OK\r\nContent-Length: \(promised)\r\nETag: \"1\"\r\n\r\n"
                try await outgoing.write(ByteBuffer(string: head))
                try await outgoing.write(ByteBuffer(bytes: bytes.prefix(half)))
                try await released.value()
                try await outgoing.write(ByteBuffer(bytes: bytes.dropFirst(half)))
            }
        }
    }
}

/// Runs `body` with a file on a web server. `promised` is the length that the server states, if it is not the file's.
public func withHeldFile<R: Sendable>(
    _ bytes: [UInt8], promising promised: Int? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (HeldFile) async throws -> R
) async throws -> R {
    let file = HeldFile(bytes, promised: promised ?? bytes.count)
    return try await withTestServer(serving: file.serve, isolation: isolation) { port in
        file.port.withLock { $0 = port }
        return try await body(file)
    }
}
