#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    /// Two nodes behind nginx and HAProxy with the configurations of deploy/: the short form of `make cluster`.
    struct ClusterTests {
        @Test(
            .enabled(if: Balancers.areInstalled, Balancers.advice))
        func noUploadIsLostBehindBalancers() async throws {
            let folder = try ServerFolder()
            let result = try await runToEnd(
                Fixtures.path(".deps/venv/bin/python"),
                [
                    Fixtures.path("Benchmarks/cluster.py"), "--short", "--server",
                    ServerProcess.path(of: "asr2clip-serve"),
                ],
                environment: folder.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }, within: .seconds(600))
            #expect(result.status == .exited(0), "\(result.output)\(result.error)")
            #expect(result.output.contains("| nginx, unplugged: uploads, max_retries=0 |"))
        }
    }

    /// The programs that set-up unpacks into .deps. Benchmarks/cluster.py runs them.
    enum Balancers {
        /// Why tests that need them are skipped.
        static let advice: Comment = "nginx, HAProxy or Prometheus is not in .deps: make setup"
        /// Whether they are there.
        static var areInstalled: Bool {
            ["nginx/usr/sbin/nginx", "haproxy/usr/sbin/haproxy", "prometheus/usr/bin/prometheus"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: Fixtures.path(".deps/\($0)"))
            }
        }
    }
#endif
