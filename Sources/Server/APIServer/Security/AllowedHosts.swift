/// The names that a server on this machine answers to.
///
/// A web page can have its own name resolve to 127.0.0.1 and then talk to a local server as if to its own (DNS
/// rebinding). The browser still says the page's name in `Host`, and by that it is refused.
struct AllowedHosts: Sendable {
    /// `nil` when any name will do.
    private let names: Set<HostName>?

    /// Decides what names count.
    ///
    /// - Parameters:
    ///   - host: What the server listens on, as it was told.
    ///   - isLoopback: Whether only this machine reaches that.
    ///   - listed: Further names; if there are any, names count on other addresses too.
    init(listeningOn host: String, isLoopback: Bool, listed: [HostName]) {
        names = isLoopback || !listed.isEmpty ? Set(listed + [HostName(given: host)].compactMap(\.self)) : nil
    }

    /// Whether a request to this authority, `host` or `host:port`, is served. Browsers always name one.
    func allow(_ authority: String?) -> Bool {
        guard let names, let authority else { return true }
        guard let host = HostName(authority) else { return false }
        return names.contains(host) || Loopback.contains(host.text)
    }
}
