import NIOCore

/// The names that a server on this machine answers to.
///
/// A web page can let its own name resolve to 127.0.0.1 and then talk to a local server as if it were its own (DNS
/// rebinding). The browser still sends the page's name in `Host`, so the server can refuse it.
struct AllowedHosts: Sendable {
    /// `nil` if any name is allowed.
    private let names: Set<HostName>?

    /// Names are checked if only this machine can reach the host that the server listens on, or if names are listed.
    init(listeningOn host: String, isLoopback: Bool, listed: [HostName]) {
        names = isLoopback || !listed.isEmpty ? Set(listed + [HostName(given: host)].compactMap(\.self)) : nil
    }

    /// Whether a request to this authority, `host` or `host:port`, is served. Browsers always send one.
    func allow(_ authority: String?) -> Bool {
        guard let names, let authority else { return true }
        guard let host = HostName(authority) else { return false }
        return names.contains(host) || Loopback.contains(host.text)
    }
}

/// The names and addresses by which a machine reaches itself.
enum Loopback {
    /// Whether a host, written as in a URL but without brackets and in lower case, always means this machine.
    static func contains(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }  // RFC 6761, section 6.3
        return (try? SocketAddress(ipAddress: host, port: 0))?.isLoopback ?? false
    }

    /// Whether only this machine can reach a server that listens on this host. Asks the resolver about names.
    static func bounds(_ host: String) -> Bool {
        contains(host.lowercased())
            || (try? SocketAddress.makeAddressResolvingHost(host, port: 0))?.isLoopback ?? false
    }
}

extension SocketAddress {
    /// Whether packets to this address stay on this machine: 127.0.0.0/8, ::1, or a Unix socket.
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let address): withUnsafeBytes(of: address.address.sin_addr) { $0[0] == 127 }
        case .v6(let address):
            withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                bytes.elementsEqual([UInt8](repeating: 0, count: 15) + [1])
                    || bytes[..<13].elementsEqual([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127])
            }
        case .unixDomainSocket: true
        }
    }

    /// The log's warning if a server at this address can be used from the network without a key.
    func exposureWarning(hasKeys: Bool) -> String? {
        guard !hasKeys, !isLoopback else { return nil }
        return "Everybody who reaches this machine over the network may use this server: it listens on"
            + " \(ipAddress ?? "a network address") and requires no API key. Set one with --api-key or"
            + " --api-key-file, or listen on this machine alone with --host 127.0.0.1."
    }
}
