import Foundation
import TestSupport
import Testing

@testable import Dictation

@Suite struct ResultJournalTests {
    private let folder: TemporaryFolder
    private let origin = ResultOrigin(
        source: "a.mp3", stamp: FileStamp(size: 1, modified: 2), options: ResultOptions(TranscriptionRequest()))
    private let rules = ReplacementRules()

    init() throws { folder = try TemporaryFolder() }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.file(name), encoding: .utf8)
    }

    @Test func aResultIsKnownToTheNextJournal() throws {
        do {
            let journal = try ResultJournal(folder.path)
            #expect(journal.verdict(on: "a.mp3.txt", from: origin, rules) == .due(isStrange: false))
            #expect(try journal.write("one\n", to: "a.mp3.txt", from: origin, rules) == .done)
        }
        let journal = try ResultJournal(folder.path)
        #expect(journal.verdict(on: "a.mp3.txt", from: origin, rules) == .done)
        #expect(try text("a.mp3.txt") == "one\n")
        #expect(try names == [ResultJournal.fileName, "a.mp3.txt"])
        #expect(ResultJournal.results(in: folder.path) == [Array("a.mp3.txt".utf8)])
    }

    @Test func aSecondJournalOfAFolderIsRefusedWhileTheFirstExists() throws {
        var journal: ResultJournal? = try ResultJournal(folder.path)
        let error = #expect(throws: ResultError.self) { try ResultJournal(folder.path) }
        #expect(error?.description.contains("Another asr2clip") == true)
        withExtendedLifetime(journal) {}
        journal = nil
        _ = try ResultJournal(folder.path)
    }

    /// What a power failure can leave at the end of the file, and what somebody may have written into it.
    @Test(arguments: ["{\"result\": \"a.mp", "\0\0\0\0", "nonsense\n\n{}\n[1, 2]\n\u{FF}\n"])
    func linesThatCannotBeReadArePassedOver(damage: String) throws {
        _ = try ResultJournal(folder.path).write("one\n", to: "a.mp3.txt", from: origin, rules)
        try folder.write(text(ResultJournal.fileName) + damage, to: ResultJournal.fileName)
        _ = try ResultJournal(folder.path).write("two\n", to: "b.mp3.txt", from: origin, rules)
        let journal = try ResultJournal(folder.path)
        for name in ["a.mp3.txt", "b.mp3.txt"] { #expect(journal.verdict(on: name, from: origin, rules) == .done) }
    }

    @Test func partialFilesOfAKilledProcessAreDeleted() throws {
        try folder.write("hal", to: ResultJournal.partialPrefix + "7")
        try folder.write("mine", to: "other")
        _ = try ResultJournal(folder.path)
        #expect(try names == [ResultJournal.fileName, "other"])
    }

    @Test func aStrangeFileThatAppearsMeanwhileIsKept() throws {
        let journal = try ResultJournal(folder.path)
        #expect(journal.verdict(on: "a.mp3.txt", from: origin, rules) == .due(isStrange: false))
        try folder.write("mine\n", to: "a.mp3.txt")
        #expect(
            try journal.write("one\n", to: "a.mp3.txt", from: origin, rules) == .refused("was not written by asr2clip"))
        #expect(try text("a.mp3.txt") == "mine\n")
        #expect(try names == [ResultJournal.fileName, "a.mp3.txt"])
        let all = ReplacementRules(replacesOthers: true)
        #expect(try journal.write("one\n", to: "a.mp3.txt", from: origin, all) == .done)
        #expect(try text("a.mp3.txt") == "one\n")
    }

    /// The same characters in two encodings are two names for the system, and one for Swift.
    @Test func namesAreToldApartByTheirBytes() throws {
        let (composed, decomposed) = ("\u{E9}.txt", "e\u{301}.txt")
        let journal = try ResultJournal(folder.path)
        #expect(journal.begin(composed) && journal.begin(decomposed) && !journal.begin(composed))
        _ = try journal.write("one\n", to: composed, from: origin, rules)
        #expect(journal.verdict(on: composed, from: origin, rules) == .done)
        #expect(journal.verdict(on: decomposed, from: origin, rules) == .due(isStrange: false))
    }

    @Test func aLongJournalIsReadInPieces() throws {
        let journal = try ResultJournal(folder.path)
        let prompt = String(repeating: "Ada ", count: 5000)
        for number in 0..<50 {
            var long = origin
            long.options.prompt = prompt + "\(number)"
            _ = try journal.write("\(number)\n", to: "\(number).txt", from: long, rules)
        }
        #expect(ResultJournal.results(in: folder.path).isSuperset(of: (0..<50).map { Array("\($0).txt".utf8) }))
    }

    @Test func aFolderThatIsNoneIsRefused() throws {
        try folder.write("x", to: "file")
        let error = #expect(throws: ResultError.self) { try ResultJournal(folder.file("file")) }
        #expect(error?.description.contains("Not a directory") == true)
    }
}
