import AsyncHTTPClient
import Essentials
import NIOCore
import NIOHTTP1

/// Downloads one URL into one file, resuming where it was interrupted.
struct HTTPFetch {
    private let download: ModelDownload
    private let settings: FetchSettings
    private let exchange: HTTPExchange

    /// The callbacks of a download.
    struct Events {
        /// Called before bytes are received, with the total and the remaining bytes, if the server reports them. Throws
        /// to refuse the download.
        var admit: (_ total: Int64, _ left: Int64) throws -> Void
        /// Called with the bytes so far and the total whenever some have arrived.
        var arrived: (_ received: Int64, _ total: Int64?) -> Void
        /// Called with the reason of an interruption before the next try.
        var interrupted: (_ reason: String, _ pause: Duration) -> Void
    }

    init(_ download: ModelDownload, settings: FetchSettings) {
        self.download = download
        self.settings = settings
        exchange = HTTPExchange(download: download, settings: settings)
    }

    /// Downloads the missing bytes, checks the file, and returns its SHA-256.
    func save(to partial: PartialDownload, isolation: isolated (any Actor), events: Events) async throws -> String {
        if partial.record(for: download) == nil { partial.discard() }
        var policy = FetchRetryPolicy(settings, have: partial.size)
        // Kept open between tries, so that the received bytes are hashed only once.
        var file: IncomingFile?
        while true {
            do {
                let isContinued = partial.size > 0
                try await receive(into: partial, &file, isolation: isolation, events: events)
                let sha256 = try (file ?? IncomingFile(continuing: partial.file)).finish()
                guard let expected = download.sha256, expected != sha256 else { return sha256 }
                // The two parts may be of different versions, so the whole file is downloaded again.
                throw FetchError(
                    "\(download) has the SHA-256 \(sha256), but models.yaml says \(expected); it is damaged or another "
                        + "version.", retry: isContinued ? .restart : nil)
            } catch let error as FetchError {
                guard let retry = error.retry else { throw error }
                try Task.checkCancellation()
                if retry == .restart {
                    file = nil
                    partial.discard()
                }
                guard let pause = policy.pause(before: retry, size: partial.size) else { throw error }
                events.interrupted(error.description, pause)
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Requests the rest and writes it, once.
    private func receive(
        into partial: PartialDownload, _ file: inout IncomingFile?, isolation: isolated (any Actor), events: Events
    ) async throws {
        let record = partial.record(for: download)
        let size = record == nil ? 0 : partial.size
        if let total = record?.total, size == total { return }
        var incoming = file
        defer { file = incoming }
        var hasBegun = false
        do {
            try await exchange.withResponse(to: Self.headers(from: size, record), isolation: isolation) { response in
                let head = try FetchResponse(response, to: download, from: size, record)
                if head.start == 0 {
                    incoming = nil
                    try partial.begin(download, validator: head.validator, total: head.total)
                }
                if let total = head.total { try events.admit(total, total - head.start) }
                let open = try incoming ?? IncomingFile(continuing: partial.file)
                incoming = open
                hasBegun = true
                events.arrived(open.size, head.total)
                for try await chunk in response.body {
                    try Task.checkCancellation()
                    try chunk.withUnsafeReadableBytes { try open.append($0) }
                    if let total = head.total, open.size > total { throw tooLong(total) }
                    events.arrived(open.size, head.total)
                }
                if let total = head.total, open.size < total { throw cutOff(after: open.size, of: total) }
            }
        } catch {
            try Task.checkCancellation()
            throw explained(error, hasBegun: hasBegun, hadBytes: partial.size > 0)
        }
    }

    private static func headers(from size: Int64, _ record: PartialDownload.Record?) -> HTTPHeaders {
        guard size > 0, let record else { return [:] }
        var headers: HTTPHeaders = ["Range": "bytes=\(size)-"]
        if let validator = record.validator { headers.add(name: "If-Range", value: validator) }
        return headers
    }

    private func explained(_ error: any Error, hasBegun: Bool, hadBytes: Bool) -> any Error {
        switch error {
        case is FetchError, is SystemError: error
        case HTTPClientError.readTimeout as HTTPClientError:
            FetchError(
                "\(download) sent nothing for \(HumanFormat.time(settings.idleTimeout)); ask for the model again.",
                cause: error, keepsPartial: true, retry: .resume())
        case _ where hasBegun:
            FetchError(
                "The connection to \(download) broke; ask for the model again.", cause: error, keepsPartial: true,
                retry: .resume())
        default:
            // If nothing has arrived yet, the download fails at once.
            FetchError(
                "Cannot reach \(download); check the network, the proxy settings and the url in models.yaml.",
                cause: error, keepsPartial: true, retry: hadBytes ? .resume() : nil)
        }
    }

    private func tooLong(_ total: Int64) -> FetchError {
        FetchError(
            "\(download) sent more than the expected \(HumanFormat.count(total, "byte")); check the size in models.yaml."
        )
    }

    private func cutOff(after received: Int64, of total: Int64) -> FetchError {
        FetchError(
            "\(download) ended after \(received) of \(HumanFormat.count(total, "byte")); ask for the model again.",
            keepsPartial: true, retry: .resume())
    }
}
