import HTTPTypes
import Hummingbird
import Synchronization

/// Reports every request once, when its answer goes out, a streamed one when it has, or when its client has left: a line in the
/// log, and the metrics.
struct AccessLogMiddleware: RouterMiddleware {
    let metrics: ServerMetrics

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let report = RequestReport(of: request, context: context, metrics: metrics)
        var response = try await next(request, context)
        let (status, body) = (response.status, response.body)
        guard request.method != .head, body.contentLength == nil else {
            // All of it goes out in one write, unless somebody looks in between.
            if !context.channel.isActive { context.record.note(\.isAbandoned, true) }
            report.send(status)
            return response
        }
        response.body = ResponseBody { writer in
            do {
                try await body.write(ReportingWriter(parent: writer) { report.send(status) })
            } catch {
                context.record.note(\.isAbandoned, true)
                report.send(status)
                throw error
            }
        }
        return response
    }
}

/// Reports when all of a body has been written. A client may have left by the time its end is: it has read what it wanted.
private struct ReportingWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let report: @Sendable () -> Void

    mutating func write(_ buffer: ByteBuffer) async throws {
        try await parent.write(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        report()
        try await parent.finish(trailingHeaders)
    }
}

/// The report of one request. If no answer was begun when the last reference to it goes, the client had left.
private final class RequestReport: Sendable {
    private let method: HTTPRequest.Method
    private let path: String
    private let context: APIContext
    private let metrics: ServerMetrics
    private let isSent = Atomic(false)

    init(of request: Request, context: APIContext, metrics: ServerMetrics) {
        method = request.method
        path = request.uri.path
        self.context = context
        self.metrics = metrics
    }

    deinit {
        send(nil)
    }

    /// Reports, if that has not been done.
    ///
    /// - Parameter status: What the client was sent, if anything.
    func send(_ status: HTTPResponse.Status?) {
        guard !isSent.exchange(true, ordering: .relaxed) else { return }
        let outcome = RequestOutcome(
            method: method, path: path, route: Routes.path(in: context), sent: status,
            wall: context.elapsed, findings: context.record.current)
        metrics.count(outcome)
        context.log.log(level: outcome.level, outcome.message, metadata: outcome.metadata)
    }
}
