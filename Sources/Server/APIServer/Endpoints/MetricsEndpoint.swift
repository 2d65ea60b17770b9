import Hummingbird
import PrometheusMetrics

/// `GET /metrics`: the metrics in Prometheus's text format.
struct MetricsEndpoint: Sendable {
    let catalog: ModelService
    let reports: ServerReports

    @Sendable func show(_ request: Request, context: APIContext) async throws -> Response {
        let text = reports.text(await catalog.engines.measurements())
        return Response(
            status: .ok, headers: [.contentType: PrometheusFactory.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
