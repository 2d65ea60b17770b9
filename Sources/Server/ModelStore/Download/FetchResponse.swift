import AsyncHTTPClient
import Essentials
import NIOCore
import NIOHTTP1

/// The head of a server's response to a request for a file or the rest of it.
struct FetchResponse {
    /// The offset of the body in the file.
    let start: Int64
    /// The size of the whole file, if the server or the registry states it.
    let total: Int64?
    /// The validator that identifies this version of the file.
    let validator: String?

    /// Reads a response.
    ///
    /// - Parameters:
    ///   - response: The response.
    ///   - download: The requested file.
    ///   - size: The requested offset.
    ///   - record: What is known about the earlier bytes.
    /// - Throws: `FetchError` if the response is not the requested file, `RetryableFetchError` if a retry may help.
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
            guard let range = ContentRange(headers.first(name: "content-range")), range.first == size,
                range.total == nil || record?.total == nil || range.total == record?.total
            else { throw Self.changed(download) }
            start = size
            total = try Self.total(range.total ?? record?.total, download)
        case 412 where size > 0, 416 where size > 0:
            throw Self.changed(download)
        case 408, 429, 500...:
            throw RetryableFetchError(
                error: FetchError("\(download) answered \(status); try again later.", keepsPartial: true),
                retryAfter: headers.first(name: "retry-after").flatMap { Int($0) }.map { .seconds(max(0, $0)) })
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

    private static func changed(_ download: ModelDownload) -> RetryableFetchError {
        RetryableFetchError(
            error: FetchError("\(download) changes while it is downloaded; ask for the model again later."),
            isRestart: true)
    }
}

/// The header `Content-Range: bytes 100-199/200` (RFC 9110, section 14.4).
struct ContentRange {
    /// The first byte of the part.
    let first: Int64
    /// The size of the whole; `nil` if the server does not know.
    let total: Int64?

    /// Parses the header's value; `nil` if it is not a range of bytes.
    init?(_ text: String?) {
        guard let match = text?.wholeMatch(of: /bytes +(\d+)-\d+\/(\d+|\*)/.ignoresCase()), let first = Int64(match.1)
        else { return nil }
        self.first = first
        total = Int64(match.2)
    }
}
