import NIOHTTP1

/// The rules of HTTP/1.1 for the head of a request beyond its grammar (RFC 9112): functions without I/O.
enum RequestRules {
    /// Brings a head into the one form that the rest of the server reads: the target is a path, `Host` is the target's
    /// authority if it has one (section 3.2.2), and `Connection` is `close` if the connection ends with this request.
    /// After an error, the connection must be closed, because the body cannot be trusted.
    static func normalized(_ head: HTTPRequestHead) throws(APIError) -> HTTPRequestHead {
        var head = head
        guard head.headers["host"].count <= 1, head.version == .http1_0 || head.headers.contains(name: "host") else {
            throw .malformed("An HTTP/1.1 request has exactly one Host header (RFC 9112, 3.2).")
        }
        try checkCodings(of: head)
        if let (authority, path) = try absoluteTarget(head.uri) {
            head.uri = path
            head.headers.replaceOrAdd(name: "Host", value: authority)
        } else if !head.uri.hasPrefix("/"), head.uri != "*", head.method != .CONNECT {
            throw .malformed("The target of the request is no path: '\(head.uri.prefix(100))'.")
        }
        if !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        return head
    }

    /// Whether the decoder takes the head as an offer to switch to another protocol.
    static func offersUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.method == .CONNECT
            || head.headers["upgrade"].contains { !$0.isEmpty }
                && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    private static func checkCodings(of head: HTTPRequestHead) throws(APIError) {
        guard head.headers.contains(name: "transfer-encoding") else { return }
        let codings = head.headers[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
        guard head.version != .http1_0, !head.headers.contains(name: "content-length") else {
            throw .malformed("Transfer-Encoding goes neither with HTTP/1.0 nor with Content-Length (RFC 9112, 6.1).")
        }
        guard codings == ["chunked"] else {
            throw APIError(
                status: .notImplemented, code: "unsupported_value",
                message: "The Transfer-Encoding '\(codings.joined(separator: ", ").prefix(100))' is not supported."
                    + " Send the body chunked, or with its Content-Length.",
                isPermanent: true, abandonsBody: true)
        }
    }

    /// Splits `http://authority/path`; `nil` for a target of another form.
    private static func absoluteTarget(_ uri: String) throws(APIError) -> (authority: String, path: String)? {
        guard let scheme = ["http://", "https://"].first(where: { uri.lowercased().hasPrefix($0) }) else { return nil }
        let rest = uri.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else {
            throw .malformed("The target of the request names no host: '\(uri.prefix(100))'.")
        }
        let path = rest.dropFirst(authority.count)
        return (String(authority), path.hasPrefix("/") ? String(path) : "/" + path)
    }
}
