import Foundation
import ModelFamilies
import TestSupport
import Testing

@testable import APIServer

@Suite struct RunDirectoryTests {
    @Test func foldersArePrivateAndNamedAfterTheProcess() throws {
        let parent = try TemporaryFolder()
        let directory = try RunDirectory(in: parent.path)
        let names = try FileManager.default.contentsOfDirectory(atPath: parent.path)
        #expect(names.count == 1)
        #expect(names.first?.hasPrefix("asr2clip-\(getpid())-") == true)
        for path in [parent.file(names[0]), directory.uploads] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test func removalLeavesNothing() throws {
        let parent = try TemporaryFolder()
        let directory = try RunDirectory(in: parent.path)
        try Data("x".utf8).write(to: URL(filePath: directory.uploads + "/upload"))
        directory.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == [])
        directory.remove()
    }

    /// If a process has that id now, it is not the one that created the folder.
    @Test(arguments: ["\(Int32.max)", "\(getpid())", "\(getppid())", "1"])
    func theFolderOfADeadServerIsRemoved(process: String) throws {
        let name = "asr2clip-\(process)-a1B2c3"
        let parent = try TemporaryFolder()
        try parent.makeFolder(name, holding: "upload")
        _ = try RunDirectory(in: parent.path)
        #expect(!FileManager.default.fileExists(atPath: parent.file(name)))
    }

    @Test func theFolderOfARunningServerStays() throws {
        let parent = try TemporaryFolder()
        let first = try RunDirectory(in: parent.path)
        let second = try RunDirectory(in: parent.path)
        #expect(first.uploads != second.uploads)
        for directory in [first, second] { #expect(FileManager.default.fileExists(atPath: directory.uploads)) }
    }

    /// The case of systemd-tmpfiles, or of a server in another container.
    @Test func aFolderLockedByAnotherProcessStaysUntilThatEnds() async throws {
        let parent = try TemporaryFolder()
        let name = "asr2clip-\(Int32.max)-a1B2c3"
        try parent.makeFolder(name, holding: "upload")
        let script = #"exec 9<"$0" && flock 9 && echo locked && exec sleep 600"#
        try await withProcess("/bin/sh", ["-c", script, parent.file(name)]) {
            _ = try await $0.output(after: "locked")
            _ = try RunDirectory(in: parent.path)
            #expect(FileManager.default.fileExists(atPath: parent.file(name) + "/upload"))
        }
        try await eventually("the lock is free") {
            _ = try RunDirectory(in: parent.path)
            return !FileManager.default.fileExists(atPath: parent.file(name))
        }
    }

    @Test func theFolderIsLockedFromItsCreation() async throws {
        let parent = try TemporaryFolder()
        let errors = await onThreads(4) { _ -> String? in
            for _ in 0..<50 {
                guard let directory = try? RunDirectory(in: parent.path) else { return "It could not be made." }
                defer { directory.remove() }
                for path in [directory.uploads, directory.runtimeSettings]
                where !FileManager.default.fileExists(atPath: path) { return "There is no \(path)." }
            }
            return nil
        }
        #expect(errors.compactMap { $0 } == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == [])
    }

    @Test(arguments: [
        "asr2clip-1", "asr2clip-notes", "asr2clip-1-a-b", "asr2clip-x1-a1B2c3", "other-1-a1B2c3", "asr2clip--a1B2c3",
    ])
    func otherFilesStay(name: String) throws {
        let parent = try TemporaryFolder()
        try parent.makeFolder(name, holding: "precious")
        _ = try RunDirectory(in: parent.path)
        #expect(FileManager.default.fileExists(atPath: parent.file(name) + "/precious"))
    }

    @Test func linksAndFilesNamedLikeLeftoversStay() throws {
        let parent = try TemporaryFolder()
        let (file, link) = ("asr2clip-1-file", "asr2clip-1-link")
        try parent.write(Data(), to: file)
        try parent.makeFolder("precious", holding: "thing")
        try FileManager.default.createSymbolicLink(
            atPath: parent.file(link), withDestinationPath: parent.file("precious"))
        _ = try RunDirectory(in: parent.path)
        #expect(FileManager.default.fileExists(atPath: parent.file(file)))
        #expect(FileManager.default.fileExists(atPath: parent.file(link) + "/thing"))
    }

    @Test func aMissingParentFolderIsAnError() {
        let error = #expect(throws: RunDirectoryError.self) { try RunDirectory(in: "/nowhere") }
        #expect(error?.description.contains("/nowhere: No such file or directory. Set TMPDIR") == true)
    }

    @Test func aRemovedFolderIsMadeAgainAndLocked() throws {
        let parent = try TemporaryFolder()
        let directory = try RunDirectory(in: parent.path)
        for part in [parent.path, directory.uploads, directory.runtimeSettings] {
            try FileManager.default.removeItem(atPath: part)
            try directory.restore()
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.uploads)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
            #expect(try String(contentsOfFile: directory.runtimeSettings, encoding: .utf8) == RuntimeSettings.text)
        }
        try RunDirectory(in: parent.path).remove()
        #expect(FileManager.default.fileExists(atPath: directory.uploads))
        directory.remove()
        #expect(throws: (any Error).self) { try directory.restore() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == [])
    }

    @Test func aFolderOfSomebodyElseIsNotUsed() throws {
        let parent = try TemporaryFolder()
        let directory = try RunDirectory(in: parent.path)
        let path = URL(filePath: directory.uploads).deletingLastPathComponent().path
        try FileManager.default.removeItem(atPath: path)
        try parent.makeFolder("elsewhere", holding: "thing")
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: parent.file("elsewhere"))
        #expect(throws: (any Error).self) { try directory.restore() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.file("elsewhere")) == ["thing"])
        directory.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.file("elsewhere")) == ["thing"])
    }
}

extension TemporaryFolder {
    /// Creates a folder with an empty file in it.
    fileprivate func makeFolder(_ name: String, holding file: String) throws {
        try FileManager.default.createDirectory(atPath: self.file(name), withIntermediateDirectories: false)
        try write(Data(), to: "\(name)/\(file)")
    }
}
