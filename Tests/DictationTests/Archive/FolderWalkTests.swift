import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Dictation

@Suite struct FolderWalkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ names: String...) throws {
        for name in names { try folder.write("sound", to: name) }
    }

    /// The paths of all steps, relative to the folder; those that cannot be read with a question mark.
    private func steps(_ inputs: String...) -> (paths: [String], hidden: Int) {
        var walk = FolderWalk(inputs.isEmpty ? [folder.path] : inputs.map(folder.file))
        var paths: [String] = []
        while let step = walk.next() {
            let (path, mark) =
                switch step {
                case .recording(let source): (source.path, "")
                case .unreadable(let path, _): (path, "?")
                }
            paths.append(SystemName.shown(path).replacing(folder.path + "/", with: "") + mark)
        }
        return (paths, walk.hiddenFolders)
    }

    @Test func recordingsComeBeforeSubfoldersInTheOrderOfTheirNames() throws {
        try write("b/2.mp3", "b/10.mp3", "a/c/x.ogg", "a/x.wav", "z.flac", "B.OPUS", "é.wav", "e.wav")
        #expect(
            steps().paths == [
                "B.OPUS", "e.wav", "z.flac", "é.wav", "a/x.wav", "a/c/x.ogg", "b/10.mp3", "b/2.mp3",
            ])
    }

    @Test func otherFilesAndHiddenOnesArePassedOver() throws {
        try write(
            "a.txt", "a.mp3.txt", "a.mp3.json", "mp3", "notes", ".hidden.mp3", "._a.mp3", ".git/a.mp3", "x/.b/c/a.mp3",
            "a.mp3", ResultJournal.fileName, ResultJournal.partialPrefix + "1")
        #expect(mkfifo(folder.file("pipe.wav"), 0o600) == 0)
        let found = steps()
        #expect(found.paths == ["a.mp3"] && found.hidden == 2)
    }

    @Test func namedFilesAreTakenWhateverTheirNames() throws {
        try write("a.txt", ".b", "c/d.mp3", "c/.e/f.mp3")
        #expect(steps("a.txt", "c", ".b").paths == ["a.txt", "c/d.mp3", ".b"])
        #expect(steps("c/.e").paths == ["c/.e/f.mp3"])
    }

    @Test func unreadableInputsAreNamedAndTheWalkGoesOn() throws {
        try write("a.mp3", "c.mp3")
        try FileManager.default.createSymbolicLink(atPath: folder.file("b.mp3"), withDestinationPath: "nowhere")
        try FileManager.default.createSymbolicLink(atPath: folder.file("d"), withDestinationPath: "nowhere")
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(
            steps("missing", "pipe", ".").paths == ["missing?", "pipe?", "./a.mp3", "./b.mp3?", "./c.mp3"])
    }

    @Test func linksAreFollowedAndLoopsAreNot() throws {
        try write("a/x.mp3", "b/y.mp3", "elsewhere/z.mp3")
        for (link, target) in [
            ("a/loop", "../a"), ("a/up", ".."), ("b/other", "../../\(folder.path.dropFirst(5))-2"),
            ("b/file.mp3", "../elsewhere/z.mp3"),
        ] {
            try FileManager.default.createSymbolicLink(atPath: folder.file(link), withDestinationPath: target)
        }
        let other = folder.path + "-2"
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: other) }
        try Data().write(to: URL(filePath: other + "/w.mp3"))
        // "a/up" leads to the folder that is above "a" and was not named, and from there to everything else.
        #expect(
            steps("a").paths == [
                "a/x.mp3", "a/up/b/file.mp3", "a/up/b/y.mp3", "a/up/b/other/w.mp3", "a/up/elsewhere/z.mp3",
            ])
        #expect(
            steps(".").paths == [
                "./a/x.mp3", "./b/file.mp3", "./b/y.mp3", "./b/other/w.mp3", "./elsewhere/z.mp3",
            ])
    }

    @Test func aFolderIsReadOnceAlsoIfItIsNamedTwice() throws {
        try write("a/x.mp3", "a/b/y.mp3")
        #expect(steps("a/b", "a", "a").paths == ["a/b/y.mp3", "a/x.mp3"])
    }

    @Test func placesAreRelativeToTheInputFolder() throws {
        try write("a/x.mp3", "a/b/c/y.mp3", "d.mp3")
        func places(_ inputs: [String]) -> [String] {
            var walk = FolderWalk(inputs.map(folder.file))
            var places: [String] = []
            while case .recording(let source)? = walk.next() { places.append(source.place) }
            return places
        }
        #expect(places(["a"]) == ["", "b/c"])
        #expect(places(["a/", "d.mp3"]) == ["a", "a/b/c", ""])
        #expect(places(["a/b/..", "d.mp3"]) == ["a", "a/b/c", ""])
    }

    @Test func aFolderThatIsGoneByItsTurnIsNamed() throws {
        try write("a.mp3", "b.mp3", "c/d.mp3", "e/f.mp3")
        var walk = FolderWalk([folder.path])
        guard case .recording? = walk.next() else { throw NeverHappened("a.mp3 is found") }
        try FileManager.default.removeItem(atPath: folder.file("b.mp3"))
        try FileManager.default.removeItem(atPath: folder.file("c"))
        guard case .unreadable(folder.file("b.mp3"), .noSuchFileOrDirectory)? = walk.next(),
            case .unreadable(folder.file("c"), .noSuchFileOrDirectory)? = walk.next(),
            case .recording(let last)? = walk.next()
        else { throw NeverHappened("what is gone is named") }
        #expect(last.path == folder.file("e/f.mp3"))
    }

    @Test func theRestOfAFolderCanBeLeftOut() throws {
        try write("a.mp3", "b.mp3", "c.mp3", "d/e.mp3")
        var walk = FolderWalk([folder.path])
        _ = walk.next()
        #expect(walk.leaveFolder() == 2)
        guard case .recording(let next)? = walk.next() else { throw NeverHappened("the subfolder follows") }
        #expect(next.path == folder.file("d/e.mp3") && walk.next() == nil)
    }

    #if os(Linux)
        @Test func namesThatAreNotUTF8AreFound() throws {
            let names: [[UInt8]] = [[0xFF], Array("e\u{301}".utf8), Array("é".utf8)]
            for name in names {
                let path = Array(folder.path.utf8) + [UInt8(ascii: "/")] + name + Array(".wav".utf8)
                close(open(path.map(CChar.init(bitPattern:)) + [0], O_WRONLY | O_CREAT, 0o600))
            }
            var walk = FolderWalk([folder.path])
            var found: [[UInt8]] = []
            while case .recording(let source)? = walk.next() { found.append(SystemName.bytes(of: source.name)) }
            #expect(Set(found) == Set(names.map { $0 + Array(".wav".utf8) }) && found.count == 3)
        }
    #endif

    @Test(arguments: ["audio", "containers"])
    func everyFormatThatIsTestedIsARecordingByItsName(fixtures: String) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("Tests/Fixtures/\(fixtures)"))
        let recordings = files.filter { $0 != "manifest.json" }
        #expect(!recordings.isEmpty)
        for file in recordings { #expect(RecordingName.isRecording(file), "\(file)") }
    }

    @Test(arguments: [
        ("/a/b", "/a", "b"), ("a", ".", "a"), ("/a", "/", "a"), ("a/b/", "a/b", "b"), ("a/\u{301}b", "a", "\u{301}b"),
    ])
    func pathsAreTakenApartByteByByte(path: String, parent: String, name: String) {
        #expect(SystemPath.folder(of: path).utf8.elementsEqual(parent.utf8))
        #expect(SystemPath.name(of: path).utf8.elementsEqual(name.utf8))
    }
}
