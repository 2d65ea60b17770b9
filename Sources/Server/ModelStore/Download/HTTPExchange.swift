import AsyncHTTPClient
import Essentials
import NIOCore
import NIOHTTP1

/// One GET request with its redirects, each through the proxy for its host.
struct HTTPExchange {
    let download: ModelDownload
    let settings: FetchSettings

    /// The most redirects that are followed.
    private static let maximumHops = 10

    private enum Step<R> {
        case done(R)
        case redirect(URL)
    }

    /// Requests the file, and passes the response after all redirects to `body`.
    ///
    /// - Throws: `FetchError` for an address that cannot be used, and what the client and `body` throw.
    func withAnswer<R>(
        to headers: HTTPHeaders, isolation: isolated (any Actor), _ body: (HTTPClientResponse) async throws -> R
    ) async throws -> R {
        var hops = [download.url]
        while let url = hops.last {
            let step: Step<R> = try await HTTPClient.withHTTPClient(configuration: try configuration(for: url)) {
                client in
                let response = try await client.execute(request(url, headers), deadline: .now() + .minutes(5))
                if let target = try redirect(response, from: url) { return .redirect(target) }
                return .done(try await body(response))
            }
            switch step {
            case .done(let result): return result
            case .redirect(let target):
                guard hops.count <= Self.maximumHops, !hops.contains(target) else {
                    throw FetchError("\(download) leads in circles; check the url in models.yaml.")
                }
                hops.append(target)
            }
        }
        preconditionFailure("There is always a last hop.")
    }

    private func configuration(for url: URL) throws(FetchError) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(settings.connectTimeout), read: TimeAmount(settings.idleTimeout)))
        configuration.connectionPool.retryConnectionEstablishment = false
        // For one large body, HTTP/2 would only add its small flow-control windows.
        configuration.httpVersion = .http1Only
        do throws(ProxyError) {
            configuration.proxy = try settings.proxies.clientProxy(for: url)
        } catch {
            throw FetchError(error.description)
        }
        return configuration
    }

    private func request(_ url: URL, _ headers: HTTPHeaders) -> HTTPClientRequest {
        var address = URLComponents(url: url, resolvingAgainstBaseURL: false)
        address?.user = nil
        address?.password = nil
        address?.fragment = nil
        var request = HTTPClientRequest(url: address?.string ?? url.absoluteString)
        request.headers = headers
        request.headers.add(name: "User-Agent", value: "asr2clip")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        // The credentials are sent only to the origin for which models.yaml gives them.
        if let user = download.url.user(percentEncoded: false), url.origin == download.url.origin {
            request.setBasicAuth(username: user, password: download.url.password(percentEncoded: false) ?? "")
        }
        return request
    }

    /// The target of a redirect; `nil` if the response is none.
    private func redirect(_ response: HTTPClientResponse, from url: URL) throws(FetchError) -> URL? {
        guard [301, 302, 303, 307, 308].contains(response.status.code) else { return nil }
        guard let location = response.headers.first(name: "location"),
            let target = URL(httpAddress: location, relativeTo: url)
        else {
            throw FetchError(
                "\(download) leads to no http or https address, or to a port above 65535; check the url in models.yaml."
            )
        }
        if download.sha256 == nil, url.scheme?.lowercased() == "https", target.scheme?.lowercased() == "http" {
            throw FetchError("\(download) leads to a plain http address; to allow it, add its sha256 to models.yaml.")
        }
        return target
    }
}

extension URL {
    /// Scheme, host and port (RFC 6454, section 4).
    fileprivate var origin: String {
        let scheme = scheme?.lowercased() ?? ""
        return "\(scheme)://\(host?.lowercased() ?? ""):\(port ?? (scheme == "https" ? 443 : 80))"
    }
}
