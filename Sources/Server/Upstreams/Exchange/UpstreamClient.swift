import AsyncHTTPClient
import Concurrency
import Essentials
import ModelStore
import NIOCore
import NIOHTTP1
import NIOSSL
import TranscriptFormats

/// Sends requests to one server, with the server's own key and nothing of the client's.
///
/// Each request has a connection of its own: an idle one may be closed by the server just when a request is sent on it,
/// which looks like a server that dies.
final class UpstreamClient: Sendable {
    let server: UpstreamServer
    let timeout: Duration
    private let keys: UpstreamKeys
    private let tls: TLSConfiguration
    private let http: HTTPClient
    /// Why its proxy cannot be used.
    private let proxyFault: String?

    /// The longest that a connection may take to be made.
    private static let longestConnect = Duration.seconds(10)
    /// More than there are connections of clients.
    private static let mostConnections = 100_000

    init(
        _ server: UpstreamServer, timeout: Duration, keys: UpstreamKeys, proxies: ProxySettings, on loop: any EventLoop
    ) {
        self.server = server
        self.timeout = timeout
        self.keys = keys
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authority = server.authority { tls.trustRoots = .file(authority) }
        self.tls = tls
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(min(timeout, Self.longestConnect)), read: TimeAmount(timeout),
                write: TimeAmount(timeout)))
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.maximumUsesPerConnection = 1
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.mostConnections
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = LostConnections.watch
        do throws(ProxyError) {
            // Requests to this machine bypass the proxy.
            configuration.proxy = server.isLocal ? nil : try proxies.clientProxy(for: server.url)
            proxyFault = nil
        } catch {
            proxyFault = error.description
        }
        http = HTTPClient(eventLoopGroup: loop, configuration: configuration)
    }

    deinit {
        Task.detached { [http] in try? await http.shutdown() }
    }

    /// Sends a request and waits for the head of the response.
    ///
    /// - Throws: `UpstreamFault`, or `CancellationError`.
    func send(
        _ endpoint: String, method: HTTPMethod = .GET, headers: HTTPHeaders = [:], body: HTTPClientRequest.Body? = nil
    ) async throws -> (response: HTTPClientResponse, key: String?) {
        if let proxyFault { throw UpstreamFault.misconfigured(reason: proxyFault, isCertain: true) }
        let key = try await key()
        var request = HTTPClientRequest(url: server.address(of: endpoint))
        request.method = method
        request.headers = headers
        request.headers.add(name: "User-Agent", value: "asr2clip")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        request.body = body
        do {
            return (try await http.execute(request, deadline: .now() + Self.longestExchange), key)
        } catch {
            try Task.checkCancellation()
            throw fault(error)
        }
    }

    /// Longer than any recording takes, even for a server that always makes a little progress.
    private static let longestExchange = TimeAmount.hours(24)

    func key() async throws -> String? {
        do {
            return try await elsewhere { [keys, server] in Result { try keys.key(of: server) } }.get()
        } catch {
            throw UpstreamFault.misconfigured(reason: "\(error)", isCertain: true)
        }
    }

    /// What a failure before the response means.
    func fault(_ error: any Error) -> UpstreamFault {
        func unavailable(_ reason: String) -> UpstreamFault { .unavailable(reason: reason, retryAfter: nil) }
        func misconfigured(_ reason: String) -> UpstreamFault { .misconfigured(reason: reason, isCertain: true) }
        if error is MultipartUpload.Unreadable {
            return .final(UpstreamError(.unreadable, "The server lost the recording. Send it again."))
        }
        if let error = error as? HTTPClientError {
            switch error {
            case .readTimeout, .writeTimeout, .deadlineExceeded:
                return .final(
                    UpstreamError(
                        .timedOut,
                        "\(server.address) made no progress for \(HumanFormat.time(timeout)) (timeout in models.yaml).")
                )
            case .connectTimeout: return unavailable("it cannot be reached in time")
            case .remoteConnectionClosed: return .hungUp
            case .tlsHandshakeTimeout: return misconfigured("it does not speak TLS")
            case .proxyAuthenticationRequired, .invalidProxyResponse:
                return misconfigured("the proxy does not lead to it: \(error.shortDescription)")
            default: return unavailable("the connection failed: \(error.shortDescription)")
            }
        }
        if let error = error as? HTTPParserError {
            return misconfigured(
                error == .headerOverflow ? "the headers of its answer are too long" : "it does not answer in HTTP")
        }
        if let authority = server.authority, access(authority, R_OK) != 0 {
            return misconfigured("its ca_file cannot be read: \(SystemReason.words(for: errno))")
        }
        // BoringSSL's messages; NIOSSL offers nothing else to tell these errors apart.
        let words = "\(error)"
        if words.contains("CERTIFICATE_VERIFY_FAILED") || words.contains("failedToValidateHostname") {
            return misconfigured("its certificate is not trusted (ca_file in models.yaml)")
        }
        if error is NIOSSLError || error is BoringSSLError || words.contains("BoringSSL") {
            return misconfigured("it does not speak TLS as it should")
        }
        // Its machine, or the way to it, and not a recording that kills it: see `LostConnections`.
        if (error as? IOError)?.errnoCode == ETIMEDOUT { return unavailable("it is gone without a word") }
        return Self.isHangUp(error) ? .hungUp : unavailable("it cannot be reached")
    }

    static func isHangUp(_ error: any Error) -> Bool {
        if let error = error as? HTTPClientError { return error == .remoteConnectionClosed }
        if let error = error as? ChannelError { return error == .eof || error == .alreadyClosed }
        return (error as? IOError).map { [ECONNRESET, EPIPE].contains($0.errnoCode) } ?? false
    }
}

extension UpstreamClient {
    /// Opens a live session.
    ///
    /// - Throws: `UpstreamFault`, or `CancellationError`.
    func openSession(_ headers: HTTPHeaders) async throws -> (WebSocketClient.Frames, key: String?) {
        let key = try await key()
        let model = server.model.pathEncoded.replacing("/", with: "%2F")
        var head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "\(server.url.path)/realtime?intent=transcription&model=\(model)")
        head.headers = headers
        head.headers.add(name: "Host", value: server.hostHeader)
        head.headers.add(name: "User-Agent", value: "asr2clip")
        if let key { head.headers.add(name: "Authorization", value: "Bearer \(key)") }
        do {
            var context: NIOSSLContext?
            if server.isEncrypted {
                context = try await elsewhere { [tls] in
                    var tls = tls
                    tls.applicationProtocols = ["http/1.1"]
                    return Result { try NIOSSLContext(configuration: tls) }
                }.get()
            }
            return (
                try await WebSocketClient.open(
                    head, to: server.url, tls: context, within: min(timeout, Self.longestConnect),
                    heartbeat: Self.heartbeat, largestMessage: UpstreamSession.largestMessage), key
            )
        } catch let failure as WebSocketClient.Failure {
            try Task.checkCancellation()
            throw fault(of: failure, hadKey: key != nil)
        } catch {
            throw fault(error)
        }
    }

    /// How long the server of a session may be silent before it is pinged, and then before it counts as gone.
    private static let heartbeat = Duration.seconds(20)

    private func fault(of failure: WebSocketClient.Failure, hadKey: Bool) -> UpstreamFault {
        let hasNone = UpstreamFault.misconfigured(reason: "it has no live sessions", isCertain: false)
        switch failure {
        case .refused(let status, let pause):
            let head = ResponseHead(status: status, retryAfter: pause, hadKey: hadKey, model: server.model)
            return head.fault(from: server.address, body: [], hiding: nil) ?? hasNone
        case .unsupported: return hasNone
        case .unreachable(let error): return fault(error)
        case .silent: return .unavailable(reason: "it does not answer", retryAfter: nil)
        }
    }
}

extension UpstreamServer {
    /// The value of `Host`.
    fileprivate var hostHeader: String {
        let host = url.host ?? ""
        return (host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host) + (url.port.map { ":\($0)" } ?? "")
    }
}

/// Notices within half a minute that a server's machine or the way to it is gone, while the server is awaited: without
/// this, a request would wait as long as `timeout`.
private enum LostConnections {
    /// In seconds.
    private static let (idle, interval, probes, unacknowledged) = (15, 5, 3, 30)

    @Sendable static func watch(_ channel: any Channel) -> EventLoopFuture<Void> {
        var options: [(ChannelOptions.Types.SocketOption, SocketOptionValue)] = [
            (.init(level: .socket, name: .so_keepalive), 1)
        ]
        #if os(Linux)
            let numbers = [
                (TCP_KEEPIDLE, idle), (TCP_KEEPINTVL, interval), (TCP_KEEPCNT, probes),
                (TCP_USER_TIMEOUT, unacknowledged * 1000),
            ]
            options += numbers.map {
                (.init(level: .tcp, name: NIOBSDSocket.Option(rawValue: CInt($0))), SocketOptionValue($1))
            }
        #endif
        return EventLoopFuture.andAllComplete(
            options.map { channel.setOption($0, value: $1) }, on: channel.eventLoop)
    }
}

extension UpstreamClient {
    /// Asks the server about its model.
    ///
    /// - Returns: What it says; `nil` if that is nothing. Servers differ: some tell of one model, some only list all, and
    ///   some keep their list from who may transcribe.
    /// - Throws: `UpstreamFault` if no request can reach it, or `CancellationError`.
    func describeModel(within patience: Duration) async throws -> UpstreamCapabilities? {
        for endpoint in ["models/\(server.model.pathEncoded)", "models"] {
            let (status, body) = try await get(endpoint, within: patience)
            guard status == 200 else { continue }
            if let capabilities = Discovery.capabilities(of: server.model, in: body.readableBytesView) {
                return capabilities
            }
        }
        return nil
    }

    /// Gets a small document; empty if the server has none for us.
    private func get(_ endpoint: String, within patience: Duration) async throws -> (status: Int, ByteBuffer) {
        try await withThrowingTaskGroup(of: (Int, ByteBuffer).self) { group in
            group.addTask {
                let (response, _) = try await self.send(endpoint)
                let status = Int(response.status.code)
                // 504 too: no recording is in the way of this answer.
                if [408, 502, 503, 504].contains(status) {
                    let pause = ResponseHead.seconds(of: response.headers.first(name: "retry-after"))
                    throw UpstreamFault.unavailable(reason: "it answers \(status)", retryAfter: pause)
                }
                guard status == 200 else { return (status, ByteBuffer()) }
                do {
                    return (status, try await response.body.collect(upTo: Self.longestDescription))
                } catch is NIOTooManyBytesError {
                    return (status, ByteBuffer())
                }
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw UpstreamFault.unavailable(reason: "it does not answer", retryAfter: nil)
            }
            defer { group.cancelAll() }
            do {
                return try await group.next() ?? (0, ByteBuffer())
            } catch let error as UpstreamFault {
                throw error
            } catch {
                try Task.checkCancellation()
                throw UpstreamFault.unavailable(reason: "it broke off its answer", retryAfter: nil)
            }
        }
    }

    /// The most bytes of a list of models.
    private static let longestDescription = 1 << 20
}

extension String {
    /// The text as a part of a path; slashes stay.
    fileprivate var pathEncoded: String {
        utf8.reduce(into: "") { text, byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "/_-.~".contains(character))
            text +=
                isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
