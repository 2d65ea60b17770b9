import Foundation
import TestSupport
import Testing

/// The files of deploy/: see Tests/Deploy.
@Suite(.serialized)
struct DeploymentTests {
    private func runTests(_ file: String) async throws {
        let setup = ServerProcess.Setup(TestRegistry([.transducer, .whisper]), ["--api-key", "right"])
        try await withServer(setup) { server in
            try await APIClient(server).waitUntilHealthy()
            let programs = URL(filePath: ServerProcess.path(of: "asr2clip")).deletingLastPathComponent().path
            try await runClientTests(
                file, in: "Deploy", against: server,
                environment: ["ASR2CLIP_PROGRAMS": programs, "ASR2CLIP_KEY": "right"])
        }
    }

    @Test(arguments: ["test_kubernetes.py", "test_queries.py"])
    func manifestsAndQueriesAreConsistent(file: String) async throws {
        try await runTests(file)
    }

    @Test(.enabled(if: Prometheus.isInstalled, Prometheus.advice), arguments: ["test_alerts.py", "test_monitoring.py"])
    func prometheusRunsTheQueries(file: String) async throws {
        try await runTests(file)
    }

    #if os(Linux)
        @Test func balancersKnowPathsSecretsAndFailures() async throws { try await runTests("test_balancers.py") }

        @Test(arguments: ["test_pod.py", "test_archive_job.py"])
        func containersRunInTheRightsOfTheirManifests(file: String) async throws {
            try await runTests(file)
        }
    #endif
}
