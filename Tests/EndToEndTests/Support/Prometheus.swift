import Foundation
import TestSupport
import Testing

/// The Prometheus that set-up unpacks into .deps. Tests/Deploy/prometheus.py runs it.
enum Prometheus {
    /// Why tests that need it are skipped.
    static let advice: Comment = "prometheus is not in .deps: make setup"
    /// Whether it is there.
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: Fixtures.path(".deps/prometheus/usr/bin/prometheus"))
    }
}
