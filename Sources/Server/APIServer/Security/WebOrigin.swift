/// The origin of a web page, as sent by browsers in `Origin` (RFC 6454, section 6).
package struct WebOrigin: Hashable, Sendable {
    private let scheme: String
    private let host: HostName?
    private let port: Int?

    private init(scheme: String, host: HostName?, port: Int?) {
        (self.scheme, self.host, self.port) = (scheme, host, port)
    }

    /// Parses `scheme://host[:port]`, with or without a trailing slash, or `null`, the origin of pages without a host:
    /// files and sandboxed frames.
    package init?(_ text: String) {
        guard text.lowercased() != "null" else {
            self.init(scheme: "null", host: nil, port: nil)
            return
        }
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon].lowercased()
        var authority = text[colon...].dropFirst(3)
        if authority.hasSuffix("/") { authority = authority.dropLast() }
        guard scheme.first?.isLetter == true,
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }),
            let host = HostName(String(authority))
        else { return nil }
        self.init(scheme: scheme, host: host, port: Self.port(of: authority) ?? Self.defaultPorts[scheme])
    }

    /// Whether a request from this origin to this authority, `host` or `host:port`, stays within one site. A proxy may
    /// have removed TLS, so the origin's scheme determines the port of an authority without one.
    func isSame(as authority: String) -> Bool {
        guard let usual = Self.defaultPorts[scheme], let other = HostName(authority) else { return false }
        return host == other && port == Self.port(of: authority[...]) ?? usual
    }

    private static let defaultPorts = ["http": 80, "https": 443]

    private static func port(of authority: Substring) -> Int? {
        let end = authority.lastIndex(of: "]") ?? authority.startIndex
        return authority[end...].lastIndex(of: ":").flatMap { Int(authority[authority.index(after: $0)...]) }
    }
}

/// A value of `--cors-origin`.
package enum AllowedOrigin: Hashable, Sendable {
    case any
    case origin(WebOrigin)

    /// Parses `*` or an origin.
    package init?(_ text: String) {
        guard let origin = text == "*" ? .any : WebOrigin(text).map(Self.origin) else { return nil }
        self = origin
    }
}
