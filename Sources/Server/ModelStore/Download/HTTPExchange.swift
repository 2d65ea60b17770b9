import AsyncHTTPClient
import Essentials
import NIOCore
import NIOHTTP1

/// One GET request with its redirects, each through the proxy for its host.
struct HTTPExchange {
    let download: ModelDownload
    let settings: FetchSettings

    private static let maximumHops = 10

    /// Requests the file, and passes the response after all redirects to `body`.
    func withResponse(
        to headers: HTTPHeaders, isolation: isolated (any Actor), _ body: (HTTPClientResponse) async throws -> Void
    ) async throws {
        var hops: [URL] = []
        var next: URL? = download.url
        while let url = next {
            guard hops.count <= Self.maximumHops, !hops.contains(url) else {
                throw FetchError("\(download) leads in circles; check the url in models.yaml.")
            }
            hops.append(url)
            next = try await HTTPClient.withHTTPClient(configuration: try configuration(for: url)) { client in
                let response = try await client.execute(request(url, headers), deadline: .now() + .minutes(5))
                let target = try redirect(response, from: url)
                if target == nil { try await body(response) }
                return target
            }
        }
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

/// The head of a server's response to a request for a file or the rest of it.
struct FetchResponse {
    /// The offset of the body in the file.
    let start: Int64
    /// The size of the whole file, if the server or the registry states it.
    let total: Int64?
    /// The validator that identifies this version of the file.
    let validator: String?

    /// Reads the response to a request for `download` from the offset `size`; `record` has what is known about the earlier
    /// bytes.
    ///
    /// - Throws: `FetchError` if the response is not the requested file.
    init(
        _ response: HTTPClientResponse, to download: ModelDownload, from size: Int64, _ record: PartialDownload.Record?
    ) throws {
        let headers = response.headers
        let status = "\(response.status.code) \(response.status.reasonPhrase)"
        switch response.status.code {
        case 200:
            if headers.first(name: "content-type")?.lowercased().hasPrefix("text/html") == true {
                throw FetchError("\(download) answered a web page instead of a file; check the url in models.yaml.")
            }
            let length = headers.first(name: "content-length").flatMap { Int64($0) }
            start = 0
            total = try Self.total(length, download)
        case 206 where size > 0:
            guard let range = Self.contentRange(headers), range.first == size,
                range.total == nil || record?.total == nil || range.total == record?.total
            else { throw Self.changed(download) }
            start = size
            total = try Self.total(range.total ?? record?.total, download)
        case 412 where size > 0, 416 where size > 0:
            throw Self.changed(download)
        case 408, 429, 500...:
            let pause = headers.first(name: "retry-after").flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
            throw FetchError(
                "\(download) answered \(status); try again later.", keepsPartial: true, retry: .resume(after: pause))
        default:
            throw FetchError("\(download) answered \(status); check the url in models.yaml.")
        }
        validator = Self.validator(headers)
    }

    /// The size of the file, which server and registry must agree on.
    private static func total(_ promised: Int64?, _ download: ModelDownload) throws(FetchError) -> Int64? {
        if let promised, let size = download.size, promised != size {
            throw FetchError(
                "\(download) has \(HumanFormat.count(promised, "byte")), but models.yaml says size: \(size); correct that."
            )
        }
        return promised ?? download.size
    }

    /// A strong entity tag, or else the date (RFC 9110, section 13.1.5: a weak tag is no validator for ranges).
    private static func validator(_ headers: HTTPHeaders) -> String? {
        if let tag = headers.first(name: "etag"), tag.hasPrefix("\"") { return tag }
        return headers.first(name: "last-modified")
    }

    private static func changed(_ download: ModelDownload) -> FetchError {
        FetchError("\(download) changes while it is downloaded; ask for the model again later.", retry: .restart)
    }

    /// The first byte and the total of the header `Content-Range: bytes 100-199/200` (RFC 9110, section 14.4); the total
    /// is `nil` if the server does not know it. `nil` if the header is not a range of bytes.
    private static func contentRange(_ headers: HTTPHeaders) -> (first: Int64, total: Int64?)? {
        let text = headers.first(name: "content-range")
        guard let match = text?.wholeMatch(of: /bytes +(\d+)-\d+\/(\d+|\*)/.ignoresCase()), let first = Int64(match.1)
        else { return nil }
        return (first, Int64(match.2))
    }
}
