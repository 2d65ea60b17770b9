package import AsyncHTTPClient
package import Essentials

/// The proxies for hosts, from the environment variables that curl uses.
///
/// `HTTPS_PROXY`, `https_proxy`, `http_proxy`, `ALL_PROXY`, `all_proxy`, `NO_PROXY` and `no_proxy` are read, lower case
/// first. `HTTP_PROXY` is not, as in curl: a web server may have made it from a client's header (curl(1), ENVIRONMENT).
package struct ProxySettings: Sendable, Equatable {
    /// A proxy that is reached over plain HTTP and opens tunnels (CONNECT), even for `http` addresses.
    struct Proxy: Equatable {
        var host: String
        var port: Int
        var user: String?
        var password: String?
    }

    package static let none = ProxySettings(environment: [:])

    private let http: Result<Proxy, ProxyError>?
    private let https: Result<Proxy, ProxyError>?
    private let exceptions: [String]

    /// Reads the variables; an invalid one is an error only when it is needed.
    package init(environment: [String: String]) {
        func proxy(_ names: String...) -> Result<Proxy, ProxyError>? {
            for name in names {
                guard let value = environment[name], !value.isEmpty else { continue }
                return Self.proxy(value).map { .success($0) } ?? .failure(ProxyError(variable: name))
            }
            return nil
        }
        http = proxy("http_proxy", "all_proxy", "ALL_PROXY")
        https = proxy("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        exceptions = list.split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// The proxy for an address; `nil` for a direct connection.
    func proxy(for url: URL) throws(ProxyError) -> Proxy? {
        guard let host = url.host?.lowercased().withoutBrackets, !isException(host, port: url.port)
        else { return nil }
        let setting = url.scheme?.lowercased() == "https" ? https : http
        return try setting?.get()
    }

    /// The proxy for an address, in the HTTP client's form.
    package func clientProxy(for url: URL) throws(ProxyError) -> HTTPClient.Configuration.Proxy? {
        try proxy(for: url).map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.user.map { .basic(username: $0, password: proxy.password ?? "") })
        }
    }

    /// Whether `NO_PROXY` contains a host, its domain, a block (CIDR) with its address, or `*` for all.
    private func isException(_ host: String, port: Int?) -> Bool {
        exceptions.contains { exception in
            if exception == "*" { return true }
            if let block = AddressBlock(exception), let address = AddressBlock(host) { return block.contains(address) }
            var name = exception[...]
            if let colon = name.lastIndex(of: ":"), let only = Int(name[name.index(after: colon)...]) {
                guard only == port else { return false }
                name = name[..<colon]
            }
            if name.hasPrefix("*.") { name = name.dropFirst() }
            if name.hasPrefix(".") { name = name.dropFirst() }
            return !name.isEmpty && (host == name || host.hasSuffix("." + name))
        }
    }

    private static func proxy(_ value: String) -> Proxy? {
        guard let url = URL(httpAddress: value.contains("://") ? value : "http://" + value),
            url.scheme?.lowercased() == "http", let host = url.host
        else { return nil }
        return Proxy(
            host: host, port: url.port ?? 80, user: url.user(percentEncoded: false),
            password: url.password(percentEncoded: false))
    }
}

/// A variable with an invalid proxy. Its value may contain a password and is not repeated.
package struct ProxyError: Error, Equatable, CustomStringConvertible {
    let variable: String

    /// The variable, and what to write.
    package var description: String {
        "\(variable) is not the address of an HTTP proxy; write one such as http://proxy.example.org:3128."
    }
}

/// An IP address, or a block of them in CIDR notation (RFC 4632, section 3.1): `10.0.0.0/8`, `fe80::/10`.
struct AddressBlock {
    private let bytes: [UInt8]
    private let bits: Int

    /// Parses an address or a block; `nil` if the text is neither.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.bytes(String(first)) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            bits = bytes.count * 8
            return
        }
        guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits) else { return nil }
        self.bits = bits
    }

    /// Whether an address is in the block.
    func contains(_ address: AddressBlock) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        let whole = bits / 8
        guard bytes.prefix(whole) == address.bytes.prefix(whole) else { return false }
        let rest = bits % 8
        return rest == 0 || (bytes[whole] ^ address.bytes[whole]) >> UInt8(8 - rest) == 0
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
