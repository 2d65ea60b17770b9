/// The names that a server on this machine answers to.
///
/// A web page can let its own name resolve to 127.0.0.1 and then talk to a local server as if it were its own (DNS
/// rebinding). The browser still sends the page's name in `Host`, so the server can refuse it.
struct AllowedHosts: Sendable {
    /// `nil` if any name is allowed.
    private let names: Set<HostName>?

    /// Determines the allowed names.
    ///
    /// - Parameters:
    ///   - host: The host that the server listens on, as configured.
    ///   - isLoopback: Whether only this machine can reach that host.
    ///   - listed: Further names; if there are any, names are also checked on other addresses.
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
