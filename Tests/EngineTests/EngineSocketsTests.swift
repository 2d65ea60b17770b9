import Foundation
import TestSupport
import Testing

@testable import Engine

/// Where engines listen.
@Suite struct EngineSocketsTests {
    @Test func noTwoEnginesShareAPath() {
        let sockets = EngineSockets(in: "/run")
        let paths = (0..<20).map { _ in sockets.take() }
        #expect(Set(paths).count == 20)
        #expect(paths.allSatisfy { $0.hasPrefix("/run/") })
    }

    @Test func nothingStaysOfASocket() throws {
        let folder = try TemporaryFolder()
        let sockets = EngineSockets(in: folder.path)
        let path = sockets.take()
        try Data().write(to: URL(filePath: path))
        sockets.remove(path)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
