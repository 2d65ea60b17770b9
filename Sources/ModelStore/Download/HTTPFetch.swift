import AsyncHTTPClient
import Foundation
import NIOCore

/// Gets one URL into one file.
struct HTTPFetch {
    private let download: ModelDownload
    private let settings: FetchSettings

    init(_ download: ModelDownload, settings: FetchSettings) {
        self.download = download
        self.settings = settings
    }

    /// Fetches the bytes and checks them against all that is known of them.
    ///
    /// - Parameters:
    ///   - path: The file to create.
    ///   - isolation: The actor on whose executor the file is written.
    ///   - admit: Asked once, with the length if the server tells it, before the first byte is taken.
    ///   - report: Told the bytes so far and the total whenever some have arrived.
    /// - Throws: `FetchError`; `CancellationError`.
    func save(
        to path: String, isolation: isolated (any Actor),
        admit: (Int64?) throws -> Void, report: (Int64, Int64?) -> Void
    ) async throws {
        var hasBegun = false
        do {
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let response = try await client.execute(request, deadline: .now() + .minutes(5))
                try check(response)
                let total = try length(of: response)
                try admit(total)
                var file = try IncomingFile(creating: path)
                hasBegun = true
                report(0, total)
                for try await chunk in response.body {
                    try Task.checkCancellation()
                    try chunk.withUnsafeReadableBytes { try file.append($0) }
                    if let total, file.size > total { throw tooLong(total) }
                    report(file.size, total)
                }
                if let total, file.size != total { throw cutOff(after: file.size, of: total) }
                try verify(sha256: try file.finish())
            }
        } catch {
            try Task.checkCancellation()
            throw hasBegun ? broken(error) : unreachable(error)
        }
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .follow(max: 10, allowCycles: false),
            timeout: .init(connect: TimeAmount(settings.connectTimeout), read: TimeAmount(settings.idleTimeout)))
        configuration.connectionPool.retryConnectionEstablishment = false
        // One big body: HTTP/2 would only add its small flow-control windows.
        configuration.httpVersion = .http1Only
        return configuration
    }

    private var request: HTTPClientRequest {
        var address = URLComponents(url: download.url, resolvingAgainstBaseURL: false)
        address?.user = nil
        address?.password = nil
        address?.fragment = nil
        var request = HTTPClientRequest(url: address?.string ?? download.url.absoluteString)
        request.headers.add(name: "User-Agent", value: "asr2clip")
        if let user = download.url.user(percentEncoded: false) {
            request.setBasicAuth(username: user, password: download.url.password(percentEncoded: false) ?? "")
        }
        return request
    }

    private func check(_ response: HTTPClientResponse) throws(FetchError) {
        guard response.status.code == 200 else {
            let status = "\(response.status.code) \(response.status.reasonPhrase)"
            throw FetchError("\(download) answered \(status); check the url in models.yaml.")
        }
        if response.headers.first(name: "content-type")?.lowercased().hasPrefix("text/html") == true {
            throw FetchError("\(download) answered a web page instead of a file; check the url in models.yaml.")
        }
        let hops = response.history.compactMap { URL(string: $0.request.url)?.scheme?.lowercased() }
        if download.sha256 == nil, download.url.scheme?.lowercased() == "https", hops.contains("http") {
            throw FetchError("\(download) leads to a plain http address; to allow it, add its sha256 to models.yaml.")
        }
    }

    /// The length that the server and the registry agree on.
    private func length(of response: HTTPClientResponse) throws(FetchError) -> Int64? {
        let promised = response.headers.first(name: "content-length").flatMap { Int64($0) }
        if let promised, let size = download.size, promised != size {
            throw FetchError("\(download) has \(promised) bytes, but models.yaml says size: \(size); correct that.")
        }
        return promised ?? download.size
    }

    /// Says in our words why no answer came.
    private func unreachable(_ error: any Error) -> any Error {
        switch error {
        case is FetchError, is SystemError:
            error
        case HTTPClientError.redirectLimitReached as HTTPClientError,
            HTTPClientError.redirectCycleDetected as HTTPClientError:
            FetchError("\(download) leads in circles; check the url in models.yaml.", cause: error)
        case HTTPClientError.readTimeout as HTTPClientError: silent(error)
        default:
            FetchError("Cannot reach \(download); check the network and the url in models.yaml.", cause: error)
        }
    }

    private func silent(_ error: any Error) -> FetchError {
        FetchError("\(download) sent nothing for \(settings.idleTimeout); ask for the model again.", cause: error)
    }

    /// Says in our words why the answer ended early.
    private func broken(_ error: any Error) -> any Error {
        switch error {
        case is FetchError, is SystemError:
            error
        case HTTPClientError.readTimeout as HTTPClientError: silent(error)
        default:
            FetchError("The connection to \(download) broke; ask for the model again.", cause: error)
        }
    }

    private func tooLong(_ total: Int64) -> FetchError {
        FetchError("\(download) sent more than the expected \(total) bytes; check the size in models.yaml.")
    }

    private func cutOff(after received: Int64, of total: Int64) -> FetchError {
        FetchError("\(download) ended after \(received) of \(total) bytes; ask for the model again.")
    }

    private func verify(sha256: String) throws(FetchError) {
        guard let expected = download.sha256, expected != sha256 else { return }
        throw FetchError(
            "\(download) has the SHA-256 \(sha256), but models.yaml says \(expected); it is damaged or another version."
        )
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
