import Foundation
import TestSupport
import Testing

@testable import APIServer
@testable import PrometheusMetrics

/// Compares docs/metrics.md with the definitions.
struct MetricsPageTests {
    @Test func theDocumentedTableListsEveryMetric() throws {
        let page = try String(contentsOf: Fixtures.repository.appending(path: "docs/metrics.md"), encoding: .utf8)
        let head = ["metric", "kind", "labels", "meaning"]
        let rows = ServerMetrics.definitions.sorted { $0.name < $1.name }.map { definition in
            [
                "`\(definition.name)`", definition.kind.rawValue,
                definition.labels.map { "`\($0)`" }.joined(separator: ", "), definition.meaning,
            ]
        }
        let table = ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |\n" }
            .joined()
        #expect(page.contains(table), "docs/metrics.md must have this table:\n\(table)")
    }

    /// The rules of https://prometheus.io/docs/concepts/data_model/ and Prometheus's conventions.
    @Test func namesLabelsAndBoundsAreValid() {
        let definitions = ServerMetrics.definitions
        #expect(Set(definitions.map(\.name)).count == definitions.count)
        for metric in definitions {
            let names = [metric.name] + metric.labels
            #expect(names.allSatisfy { $0.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil && !$0.hasPrefix("__") })
            #expect(!metric.labels.contains("le") && Set(metric.labels).count == metric.labels.count)
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"))
            #expect((metric.kind == .histogram) == !metric.bounds.isEmpty)
            #expect(zip(metric.bounds, metric.bounds.dropFirst()).allSatisfy(<) && metric.bounds.allSatisfy(\.isFinite))
        }
    }
}
