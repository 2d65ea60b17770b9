package import AsyncHTTPClient
package import Essentials

/// The proxies for hosts, from the environment variables that curl uses.
///
/// `HTTPS_PROXY`, `https_proxy`, `http_proxy`, `ALL_PROXY`, `all_proxy`, `NO_PROXY` and `no_proxy` are read, lower case
/// first. `HTTP_PROXY` is not, as in curl: a web server may have made it from a client's header (curl(1), ENVIRONMENT).
public struct ProxySettings: Sendable, Equatable {
    /// A proxy that is reached over plain HTTP and opens tunnels (CONNECT), even for `http` addresses.
    struct Proxy: Equatable {
        var host: String
        var port: Int
        var user: String?
        var password: String?
    }

    /// No proxy at all.
    public static let none = ProxySettings(environment: [:])

    private let http: Result<Proxy, ProxyError>?
    private let https: Result<Proxy, ProxyError>?
    private let exceptions: [String]

    /// Reads the variables; an invalid one is an error only when it is needed.
    public init(environment: [String: String]) {
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
    ///
    /// - Throws: `ProxyError` if the variable for it is invalid.
    func proxy(for url: URL) throws(ProxyError) -> Proxy? {
        guard let host = url.host?.lowercased().withoutBrackets, !isException(host, port: url.port)
        else { return nil }
        let setting = url.scheme?.lowercased() == "https" ? https : http
        return try setting?.get()
    }

    /// The proxy for an address, in the HTTP client's form.
    ///
    /// - Throws: `ProxyError` if the variable for it is invalid.
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
