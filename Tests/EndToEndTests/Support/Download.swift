import Foundation
import TestSupport
import Testing

/// Runs `body` with a web server that has the archive of a fixture model, and with the entry of a model to download.
func withDownload(
    _ body: (_ model: TestRegistry.Model, _ web: RunningProcess) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    _ = try await packSenseVoice(in: folder)
    let arguments = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder.path]
    try await withProcess(Fixtures.path(".deps/venv/bin/python"), arguments) { web in
        let port = try await web.output(after: "Serving HTTP on 127.0.0.1 port ").prefix { $0.isNumber }
        var model = TestRegistry.Model.senseVoice.named("fetched", in: "fetched")
        model.download = ["url": "http://127.0.0.1:\(port)/model.tar.gz", "archive_subdir": "sense_voice"]
        try await body(model, web)
        withExtendedLifetime(folder) {}
    }
}

/// Makes an archive of a fixture model.
///
/// - Returns: Its path in the folder, `model.tar.gz`.
func packSenseVoice(in folder: TemporaryFolder) async throws -> String {
    let archive = folder.file("model.tar.gz")
    let packing = try await runToEnd(
        "/usr/bin/tar", ["-C", Fixtures.path("Tests/Fixtures/models"), "-czf", archive, "sense_voice"],
        environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
    #expect(packing.status == .exited(0), "\(packing.error)")
    return archive
}

extension RunningProcess {
    /// The number of downloads of the archive from this web server.
    var fetches: Int { standardError.matches(of: /"GET \/model\.tar\.gz/).count }
}
