import Foundation
import TestSupport
import Testing

@testable import Engine

/// Where engines listen.
@Suite struct EngineSocketsTests {
    @Test func noTwoEnginesShareAPath() async throws {
        let sockets = EngineSockets(in: "/run")
        let paths = (0..<20).map { _ in sockets.take() }
        #expect(Set(paths).count == 20)
        #expect(paths.allSatisfy { $0.hasPrefix("/run/") })
        await sockets.close()
    }

    @Test func aPathComesBackAfterEightOthersAndNotBefore() async throws {
        let sockets = EngineSockets(in: "/run")
        var used: [String] = []
        for _ in 0..<1000 {
            let path = sockets.take()
            #expect(!used.suffix(EngineSockets.resting).contains(path))
            used.append(path)
            sockets.giveBack(path)
        }
        #expect(Set(used).count == EngineSockets.resting + 1)
        await sockets.close()
    }

    @Test func nothingStaysOfASocket() async throws {
        let folder = try TemporaryFolder()
        let sockets = EngineSockets(in: folder.path)
        let path = sockets.take()
        try Data().write(to: URL(filePath: path))
        sockets.giveBack(path)
        #expect(!FileManager.default.fileExists(atPath: path))
        await sockets.close()
    }
}
