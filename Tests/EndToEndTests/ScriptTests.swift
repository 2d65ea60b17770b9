import TestSupport
import Testing

/// The scripts of the repository that have tests of their own: see Tests/Scripts and Tests/Scale.
struct ScriptTests {
    @Test func theAddressesOfTheCatalogueAreChecked() async throws { try await runPython("Tests/Scripts") }

    @Test func simulationsAgreeWithTheoryAndBenchmarksNoticeFailures() async throws {
        try await runPython("Tests/Scale")
    }

    /// Runs the tests of a folder.
    private func runPython(_ tests: String) async throws {
        let folder = try ServerFolder()
        let result = try await runToEnd(
            Fixtures.path(".deps/venv/bin/python"),
            ["-m", "pytest", "-q", "-p", "no:cacheprovider", Fixtures.path(tests)],
            environment: folder.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 })
        #expect(result.status == .exited(0), "\(result.output)\(result.error)")
        #expect(try /\d+ passed/.firstMatch(in: result.output) != nil)
    }
}
