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

    /// Downloads the missing bytes and checks the file.
    ///
    /// - Parameters:
    ///   - partial: The bytes that arrived earlier, and the file for the rest.
    ///   - isolation: The actor on whose executor the file is written.
    ///   - events: The callbacks.
    /// - Returns: The file's SHA-256.
    /// - Throws: `FetchError`, `SystemError`, `CancellationError`.
    func save(to partial: PartialDownload, isolation: isolated (any Actor), events: Events) async throws -> String {
        if partial.record(for: download) == nil { partial.discard() }
        var persistence = FetchRetryPolicy(settings, have: partial.size)
        // Kept open between tries, so that the received bytes are hashed only once.
        var file: IncomingFile?
        while true {
            do {
                let isContinued = partial.size > 0
                try await receive(into: partial, &file, isolation: isolation, events: events)
                let sha256 = try (file ?? IncomingFile(continuing: partial.file)).finish()
                guard let expected = download.sha256, expected != sha256 else { return sha256 }
                let error = FetchError(
                    "\(download) has the SHA-256 \(sha256), but models.yaml says \(expected); it is damaged or another "
                        + "version.")
                // The two parts may be of different versions, so the whole file is downloaded again.
                throw isContinued ? RetryableFetchError(error: error, isRestart: true) : error
            } catch let interruption as RetryableFetchError {
                try Task.checkCancellation()
                if interruption.isRestart {
                    file = nil
                    partial.discard()
                }
                guard let pause = persistence.pause(after: interruption, size: partial.size) else {
                    throw interruption.error
                }
                events.interrupted(interruption.error.description, pause)
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Requests the rest and writes it, once.
    ///
    /// - Throws: `RetryableFetchError` if a retry may receive more.
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
            try await exchange.withAnswer(to: Self.headers(from: size, record), isolation: isolation) { response in
                let answer = try FetchResponse(response, to: download, from: size, record)
                if answer.start == 0 {
                    incoming = nil
                    try partial.begin(download, validator: answer.validator, total: answer.total)
                }
                if let total = answer.total { try events.admit(total, total - answer.start) }
                let open = try incoming ?? IncomingFile(continuing: partial.file)
                incoming = open
                hasBegun = true
                events.arrived(open.size, answer.total)
                for try await chunk in response.body {
                    try Task.checkCancellation()
                    try chunk.withUnsafeReadableBytes { try open.append($0) }
                    if let total = answer.total, open.size > total { throw tooLong(total) }
                    events.arrived(open.size, answer.total)
                }
                if let total = answer.total, open.size < total { throw cutOff(after: open.size, of: total) }
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

    /// Makes an error message for a response that failed or was cut off.
    private func explained(_ error: any Error, hasBegun: Bool, hadBytes: Bool) -> any Error {
        switch error {
        case is FetchError, is SystemError, is RetryableFetchError: error
        case HTTPClientError.readTimeout as HTTPClientError:
            RetryableFetchError(
                error: FetchError(
                    "\(download) sent nothing for \(HumanFormat.time(settings.idleTimeout)); ask for the model again.",
                    cause: error,
                    keepsPartial: true))
        case _ where hasBegun:
            RetryableFetchError(
                error: FetchError(
                    "The connection to \(download) broke; ask for the model again.", cause: error, keepsPartial: true))
        default: unreachable(error, hadBytes: hadBytes)
        }
    }

    /// If nothing has arrived yet, the download fails at once; otherwise it is retried.
    private func unreachable(_ error: any Error, hadBytes: Bool) -> any Error {
        let failure = FetchError(
            "Cannot reach \(download); check the network, the proxy settings and the url in models.yaml.", cause: error,
            keepsPartial: true)
        return hadBytes ? RetryableFetchError(error: failure) : failure
    }

    private func tooLong(_ total: Int64) -> FetchError {
        FetchError(
            "\(download) sent more than the expected \(HumanFormat.count(total, "byte")); check the size in models.yaml."
        )
    }

    private func cutOff(after received: Int64, of total: Int64) -> RetryableFetchError {
        RetryableFetchError(
            error: FetchError(
                "\(download) ended after \(received) of \(HumanFormat.count(total, "byte")); ask for the model again.",
                keepsPartial: true))
    }
}
