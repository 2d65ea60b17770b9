import AsyncHTTPClient
import Essentials
import NIOCore
import NIOHTTP1

/// Gets one URL into one file, going on where it was interrupted.
struct HTTPFetch {
    private let download: ModelDownload
    private let settings: FetchSettings
    private let exchange: HTTPExchange

    /// What a fetch tells its caller.
    struct Events {
        /// Asked before bytes are taken: how many there are and how many are still to come, if the server tells. Throws
        /// to refuse.
        var admit: (_ total: Int64, _ left: Int64) throws -> Void
        /// Told the bytes so far and the total whenever some have arrived.
        var arrived: (_ received: Int64, _ total: Int64?) -> Void
        /// Told why the download broke off before it is tried again.
        var interrupted: (_ reason: String, _ pause: Duration) -> Void
    }

    init(_ download: ModelDownload, settings: FetchSettings) {
        self.download = download
        self.settings = settings
        exchange = HTTPExchange(download: download, settings: settings)
    }

    /// Fetches what is missing of the bytes and checks them against all that is known of them.
    ///
    /// - Parameters:
    ///   - partial: What has arrived before, and where the rest goes.
    ///   - isolation: The actor on whose executor the file is written.
    ///   - events: Told what happens.
    /// - Returns: The bytes' SHA-256.
    /// - Throws: `FetchError`, `SystemError`, `CancellationError`.
    func save(to partial: PartialDownload, isolation: isolated (any Actor), events: Events) async throws -> String {
        if partial.record(for: download) == nil { partial.discard() }
        var persistence = FetchRetryPolicy(settings, have: partial.size)
        // Open from one try to the next, so that what has arrived is hashed once.
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
                // The halves may be of two versions: the whole in one piece decides.
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

    /// One try: asks for the rest and writes it.
    ///
    /// - Throws: `RetryableFetchError` if another try may bring more.
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

    /// Says in our words why there was no answer, or why it ended early.
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

    /// Who was never there is told at once; who was there a moment ago may come back.
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
