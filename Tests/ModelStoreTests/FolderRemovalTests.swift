import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Folders with any content can be deleted.
struct FolderRemovalTests {
    /// Creates a folder, fills it and deletes it. Expects that nothing of it is left and that nothing outside is
    /// deleted.
    private func expectRemoval(_ fill: (_ folder: Int32, _ path: String) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try folder.write("mine", to: "outside/file")
            let path = folder.path + "/doomed"
            try #require(mkdir(path, 0o755) == 0)
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            defer { close(descriptor) }
            try fill(descriptor, path)
            try FileSystem.remove(path)
            try #expect(folder.contents == ["outside", "outside/file"])
            #expect(folder.text("outside/file") == "mine")
        }
    }

    private func touch(_ name: String, in folder: Int32) {
        close(openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
    }

    /// Creates nested folders with a file in each, and gives them these modes in turn.
    private func nest(_ depth: Int, in folder: Int32, name: String, modes: [mode_t] = [0o755]) throws {
        var way = dup(folder)
        for level in 0..<depth {
            try #require(mkdirat(way, name, 0o755) == 0)
            touch("file", in: way)
            let next = openat(way, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            fchmodat(way, name, modes[level % modes.count] | S_IXUSR, 0)
            close(way)
            way = next
        }
        close(way)
    }

    @Test(arguments: [1, 100, 3000, 20_000])
    func foldersOfAnyDepthAreDeleted(depth: Int) async throws {
        try await expectRemoval { folder, _ in
            try nest(depth, in: folder, name: "a")
            try nest(min(depth, 100), in: folder, name: "b")
        }
    }

    @Test func pathsLongerThanTheSystemsLimitAreDeleted() async throws {
        try await expectRemoval { folder, _ in
            try nest(100, in: folder, name: String(repeating: "n", count: 255))
        }
    }

    @Test func foldersWithoutPermissionsAreDeleted() async throws {
        try await expectRemoval { folder, path in
            try nest(20, in: folder, name: "a", modes: [0o500, 0o300, 0o100])
            try #require(mkdirat(folder, "shut", 0o755) == 0)
            touch("shut/file", in: folder)
            fchmodat(folder, "shut", 0, 0)
            chmod(path, 0)
        }
    }

    @Test(
        arguments: [
            [0xFF, 0xFE], [0xC3, 0x28], [0x0A], [0x20], [0x2E, 0x2E, 0x2E], [0xED, 0xA0, 0x80], [0x2D, 0x72, 0x66],
        ] as [[UInt8]])
    func namesOfAnyBytesAreDeleted(bytes: [UInt8]) async throws {
        try await expectRemoval { folder, _ in
            let name = bytes.map { CChar(bitPattern: $0) } + [0]
            try #require(mkdirat(folder, name, 0o755) == 0)
            let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            defer { close(inner) }
            try #require(mkdirat(inner, name, 0o755) == 0)
            try #require(symlinkat("nowhere", inner, "link" + "-") == 0)
            touch("file", in: inner)
        }
    }

    @Test func linksAreDeletedNotFollowed() async throws {
        try await expectRemoval { folder, path in
            for target in ["../outside", "../outside/file", "/etc", ".", "..", "nowhere"] {
                try #require(symlinkat(target, folder, "link to " + target.replacing("/", with: "|")) == 0)
            }
            try #require(link(path + "/../outside/file", path + "/same") == 0)
            try #require(mkfifoat(folder, "pipe", 0o600) == 0)
        }
    }

    @Test func manySiblingFoldersAreDeleted() async throws {
        try await expectRemoval { folder, _ in
            for number in 0..<3000 {
                try #require(mkdirat(folder, "\(number)", 0o755) == 0)
                touch("\(number)/file", in: folder)
            }
        }
    }

    @Test func oneFileCanBeKept() async throws {
        try await withTemporaryFolder { folder in
            for name in ["kept", "other", "a/kept"] { try folder.write("x", to: name) }
            try FolderRemoval.empty(folder.path, except: "kept")
            try #expect(folder.contents == ["kept"])
        }
    }

    @Test func missingPathsFilesAndLinksAreRemoved() async throws {
        try await withTemporaryFolder { folder in
            try FileSystem.remove(folder.path + "/nothing")
            try folder.write("mine", to: "there/file")
            try folder.write("x", to: "file")
            try #require(symlink("there", folder.path + "/link") == 0)
            try FileSystem.remove(folder.path + "/file")
            try FileSystem.remove(folder.path + "/link")
            try #expect(folder.contents == ["there", "there/file"])
            #expect(throws: SystemError.self) { try FileSystem.remove(folder.path + "/there/file/x") }
            #expect(throws: SystemError.self) { () throws in try FolderRemoval.empty(folder.path + "/nothing") }
        }
    }
}
