import HTTPTypes
import Hummingbird
import Synchronization

/// Reports every request once, in a log line and in the metrics: when its response is sent, for a stream when it has
/// been sent, or when its client has left.
struct AccessLogMiddleware: RouterMiddleware {
    let metrics: ServerMetrics

    func handle(_ request: Request, context: APIContext, next: NextHandler) async throws -> Response {
        let report = RequestReport(request: request, context: context, metrics: metrics)
        var response = try await next(request, context)
        let (status, body) = (response.status, response.body)
        guard request.method != .head, body.contentLength == nil else {
            // The response goes out in one write, so the connection is checked only once, before it.
            // The connection of a WebSocket ends with its session.
            report.send(
                status, isAbandoned: !context.channel.isActive && status != .switchingProtocols)
            return response
        }
        response.body = ResponseBody { writer in
            do {
                try await body.write(ReportingWriter(parent: writer) { report.send(status) })
            } catch {
                report.send(status, isAbandoned: true)
                throw error
            }
        }
        return response
    }
}

/// Reports once the whole body has been written, before its end is: a client that leaves then has read what it wanted.
private struct ReportingWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let report: @Sendable () -> Void

    mutating func write(_ buffer: ByteBuffer) async throws { try await parent.write(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        report()
        try await parent.finish(trailingHeaders)
    }
}

/// The report of one request. If no response was started when the last reference is released, the client had left.
private final class RequestReport: Sendable {
    private let method: HTTPRequest.Method
    private let path: String
    private let context: APIContext
    private let metrics: ServerMetrics
    private let isSent = Atomic(false)

    init(request: Request, context: APIContext, metrics: ServerMetrics) {
        method = request.method
        path = request.uri.path
        self.context = context
        self.metrics = metrics
    }

    deinit { send(nil) }

    /// Reports the request with the status that the client was sent, if any, unless that has been done.
    func send(_ status: HTTPResponse.Status?, isAbandoned: Bool = false) {
        if isAbandoned { context.record.note(\.isAbandoned, true) }
        guard !isSent.exchange(true, ordering: .relaxed) else { return }
        let outcome = RequestOutcome(
            method: method, path: path, route: Routes.path(in: context), sent: status,
            wall: context.elapsed, findings: context.record.current)
        outcome.report(to: context.log, metrics)
    }
}
