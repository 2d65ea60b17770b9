import Foundation
import PrometheusMetrics
import TestSupport
import Testing

@testable import APIServer

/// Compares docs/metrics.md with the definitions.
struct MetricsPageTests {
    @Test func theTableSaysWhatIsCounted() throws {
        let page = try String(contentsOf: Fixtures.repository.appending(path: "docs/metrics.md"), encoding: .utf8)
        let head = ["metric", "kind", "labels", "meaning"]
        let rows = ServerReports.definitions.sorted { $0.name < $1.name }.map { definition in
            [
                "`\(definition.name)`", definition.kind.word,
                definition.labels.map { "`\($0)`" }.joined(separator: ", "), definition.meaning,
            ]
        }
        let table = ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |\n" }
            .joined()
        #expect(page.contains(table), "docs/metrics.md must have this table:\n\(table)")
    }
}
