import TestSupport
import Testing

@testable import ModelFamilies

@Suite struct ReadableFileTests {
    @Test func aFolderIsNoFile() throws {
        let folder = try TemporaryFolder()
        let checks: [() throws -> Void] = [
            { try ReadableFile.check(path: folder.path) }, { try GrammarFile.check(path: folder.path, kind: .archive) },
            { _ = try ONNXMetadata(path: folder.path) },
        ]
        for check in checks {
            let error = #expect(throws: ModelFileError.self) { try check() }
            #expect(error?.path == folder.path)
            #expect(error?.problem == "cannot be read; check that it is a file and may be read")
        }
    }
}
