import Foundation
import TestSupport
import Testing

@testable import APIServer

@Suite struct RunDirectoryTests {
    /// No process has this number: Linux gives at most 2²², macOS less.
    private static let nobody = Int32.max

    @Test func itsFoldersAreForThisUserOnlyAndNamedAfterThisProcess() throws {
        let parent = try TemporaryFolder()
        let directory = try RunDirectory(in: parent.path)
        let names = try FileManager.default.contentsOfDirectory(atPath: parent.path)
        #expect(names.count == 1)
        #expect(names.first?.hasPrefix("asr2clip-\(getpid())-") == true)
        for path in [parent.file(names[0]), directory.uploads, directory.sockets] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test func removingItLeavesNothing() throws {
        let parent = try TemporaryFolder()
        let directory = try RunDirectory(in: parent.path)
        try Data("x".utf8).write(to: URL(filePath: directory.uploads + "/upload"))
        directory.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == [])
        directory.remove()
    }

    @Test(arguments: ["asr2clip-\(nobody)-a1B2c3", "asr2clip-\(getpid())-a1B2c3"])
    func whatADeadServerLeftIsRemoved(name: String) throws {
        let parent = try TemporaryFolder()
        try parent.makeFolder(name, holding: "upload")
        _ = try RunDirectory(in: parent.path)
        #expect(!FileManager.default.fileExists(atPath: parent.file(name)))
    }

    @Test(arguments: [
        "asr2clip-\(getppid())-a1B2c3", "asr2clip-1-a1B2c3", "asr2clip-0-a1B2c3", "asr2clip-\(nobody)",
        "asr2clip-notes", "asr2clip-\(nobody)-a-b", "asr2clip-x\(nobody)-a1B2c3", "other-\(nobody)-a1B2c3",
    ])
    func whatIsNoLeftoverStays(name: String) throws {
        let parent = try TemporaryFolder()
        try parent.makeFolder(name, holding: "precious")
        _ = try RunDirectory(in: parent.path)
        #expect(FileManager.default.fileExists(atPath: parent.file(name) + "/precious"))
    }

    @Test func linksAndFilesWithSuchANameStay() throws {
        let parent = try TemporaryFolder()
        let (file, link) = ("asr2clip-\(Self.nobody)-file", "asr2clip-\(Self.nobody)-link")
        try parent.write(Data(), to: file)
        try parent.makeFolder("precious", holding: "thing")
        try FileManager.default.createSymbolicLink(
            atPath: parent.file(link), withDestinationPath: parent.file("precious"))
        _ = try RunDirectory(in: parent.path)
        #expect(FileManager.default.fileExists(atPath: parent.file(file)))
        #expect(FileManager.default.fileExists(atPath: parent.file(link) + "/thing"))
    }

    @Test func aParentThatIsNotThereIsAnError() {
        #expect(throws: (any Error).self) { try RunDirectory(in: "/nowhere") }
    }
}

extension TemporaryFolder {
    /// Makes a folder with an empty file in it.
    fileprivate func makeFolder(_ name: String, holding file: String) throws {
        try FileManager.default.createDirectory(atPath: self.file(name), withIntermediateDirectories: false)
        try write(Data(), to: "\(name)/\(file)")
    }
}
