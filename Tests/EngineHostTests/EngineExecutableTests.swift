import Foundation
import TestSupport
import Testing

@testable import EngineHost

/// Which programs may be started as the engine.
struct EngineExecutableTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for path in ["bin", "libexec", "libexec/asr2clip"] { try makeFolder(path) }
    }

    private func makeFolder(_ path: String, mode: Int = 0o755) throws {
        try FileManager.default.createDirectory(
            atPath: folder.file(path), withIntermediateDirectories: false, attributes: [.posixPermissions: mode])
    }

    @discardableResult
    private func makeProgram(_ path: String, mode: Int = 0o755) throws -> EngineExecutable {
        let file = try folder.write(Data("#!/bin/sh\n".utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return EngineExecutable(path: file)
    }

    @Test func itIsFoundBesideTheProgramOrWhereItIsInstalled() throws {
        let program = try makeProgram("bin/asr2clip").path
        let installed = EngineExecutable(besideProgram: program)
        #expect(installed.path.hasSuffix("/libexec/asr2clip/asr2clip-engine"))
        #expect(installed.fault?.contains("\(installed.path) is missing. Install asr2clip again") == true)
        try makeProgram("libexec/asr2clip/asr2clip-engine")
        #expect(EngineExecutable(besideProgram: program).fault == nil)
        try makeProgram("bin/asr2clip-engine")
        #expect(EngineExecutable(besideProgram: program).path.hasSuffix("/bin/asr2clip-engine"))
    }

    /// Such as a link in a `bin` folder to the installed program.
    @Test func linksToTheProgramAreFollowedFirst() throws {
        let program = try makeProgram("bin/asr2clip").path
        try makeProgram("libexec/asr2clip/asr2clip-engine")
        try makeFolder("links")
        try makeProgram("links/asr2clip-engine")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("links/asr2clip"), withDestinationPath: program)
        let engine = EngineExecutable(besideProgram: folder.file("links/asr2clip"))
        #expect(engine.path.hasSuffix("/libexec/asr2clip/asr2clip-engine"))
    }

    @Test(arguments: [0o755, 0o775, 0o700, 0o555])
    func aFileThatOthersCannotWriteIsStarted(mode: Int) throws {
        #expect(try makeProgram("bin/asr2clip-engine", mode: mode).fault == nil)
    }

    @Test func aFileThatOthersCanWriteIsNotStarted() throws {
        let open = try makeProgram("bin/asr2clip-engine", mode: 0o757)
        #expect(open.fault?.contains("Everybody may write \(open.path)") == true)
        #expect(open.fault?.contains("chmod o-w") == true)
    }

    @Test func aFileThatOthersCanReplaceIsNotStarted() throws {
        try makeFolder("open")
        let engine = try makeProgram("open/asr2clip-engine")
        #expect(engine.fault == nil)
        chmod(folder.file("open"), 0o777)
        #expect(engine.fault?.contains("Everybody may write") == true)
        // As for /tmp, where all users can create files.
        chmod(folder.file("open"), 0o1777)
        #expect(engine.fault == nil)
    }

    /// A user who may rename a parent folder can replace it.
    @Test func anEngineBelowAWorldWritableFolderIsNotStarted() throws {
        let engine = try makeProgram("libexec/asr2clip/asr2clip-engine")
        chmod(folder.path, 0o777)
        #expect(engine.fault?.contains("Everybody may write \(folder.path)") == true)
    }

    @Test func theTargetOfALinkIsChecked() throws {
        try makeFolder("open")
        let program = try makeProgram("open/program")
        chmod(folder.file("open"), 0o777)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("bin/asr2clip-engine"), withDestinationPath: program.path)
        let engine = EngineExecutable(path: folder.file("bin/asr2clip-engine"))
        #expect(engine.path == program.path)
        #expect(engine.fault?.contains("Everybody may write") == true)
    }

    @Test func foldersAndFilesThatAreNotExecutableAreNotStarted() throws {
        #expect(EngineExecutable(path: folder.file("bin")).fault?.contains("is no program") == true)
        #expect(try makeProgram("bin/asr2clip-engine", mode: 0o644).fault?.contains("is no program") == true)
    }

    @Test(.enabled("Only root can give files away.") { geteuid() == 0 })
    func aFileOfAnotherUserIsNotStarted() throws {
        let engine = try makeProgram("bin/asr2clip-engine")
        chown(engine.path, 12_345, 0)
        #expect(engine.fault?.contains("belongs to neither root nor you (but to user 12345)") == true)
    }
}
