import Foundation
import TestSupport
import Testing

@testable import Dictation

/// Whether a result is done, due, or in the way of something else.
@Suite struct ResultVerdictTests {
    private let folder: TemporaryFolder
    private let wanted = origin()

    init() throws { folder = try TemporaryFolder() }

    private static func origin(
        source: String = "a.mp3", size: Int64 = 5, modified: Int64 = 7, model: String? = nil, format: String = "text"
    ) -> ResultOrigin {
        var options = ResultOptions(TranscriptionRequest(model: model))
        options.format = format
        return ResultOrigin(source: source, stamp: FileStamp(size: size, modified: modified), options: options)
    }

    /// Writes the result, and returns what the system says about it.
    private func existing(_ text: String = "one") throws -> FileFacts { try FileFacts(folder.write(text, to: "r")) }

    private func record(_ origin: ResultOrigin, _ file: FileFacts, _ text: String = "one") -> ResultRecord {
        ResultRecord(
            result: "r", origin: origin, written: file.stamp, sha256: ResultFile.hash(of: Data(text.utf8)))
    }

    private func verdict(
        _ records: [ResultRecord], _ existing: FileFacts?, again: Bool = false, others: Bool = false,
        on wanted: ResultOrigin? = nil
    ) -> ResultVerdict {
        ResultVerdict(
            on: wanted ?? self.wanted, records: records, existing: existing,
            rules: ReplacementRules(repeatsAll: again, replacesOthers: others),
            hash: { ResultFile.hash(ofFile: folder.file("r")) })
    }

    @Test func aResultOfTheSameOriginIsDone() throws {
        let file = try existing()
        #expect(verdict([record(wanted, file)], file) == .done)
        #expect(verdict([record(wanted, file)], file, again: true) == .due(isStrange: false))
    }

    @Test(arguments: [
        origin(size: 6), origin(modified: 8), origin(model: "m"), origin(format: "srt"),
    ])
    func anotherOriginIsDue(origin: ResultOrigin) throws {
        let file = try existing()
        #expect(verdict([record(origin, file)], file) == .due(isStrange: false))
    }

    @Test func aMissingResultIsDueWhateverTheRecordsSay() throws {
        let file = try existing()
        #expect(verdict([record(wanted, file)], nil) == .due(isStrange: false))
        #expect(verdict([], nil) == .due(isStrange: false))
    }

    /// Killed between the record and the new name: the old result is still there, here of the same size.
    @Test func aRecordOfAResultThatNeverGotItsNameDoesNotCount() throws {
        let old = try existing()
        let new = FileFacts(kind: .file, stamp: FileStamp(size: 3, modified: 1), identity: old.identity)
        let records = [record(Self.origin(modified: 1), old), record(wanted, new, "two")]
        #expect(verdict(records, old) == .due(isStrange: false))
    }

    @Test func aCopyWithAnotherTimeIsKnownByItsContent() throws {
        let old = try existing()
        let moved = FileFacts(
            kind: .file, stamp: FileStamp(size: old.stamp.size, modified: 1), identity: old.identity)
        #expect(verdict([record(wanted, moved)], old) == .done)
    }

    @Test func anEditedResultIsKept() throws {
        let old = record(wanted, try existing())
        let edited = try existing("edited")
        #expect(verdict([old], edited) == .done)
        #expect(verdict([old], edited, again: true) == .refused("was changed by another program"))
        #expect(verdict([old], edited, again: true, others: true) == .due(isStrange: true))
        let other = Self.origin(modified: 8)
        #expect(verdict([old], edited, on: other) == .refused("was changed by another program"))
        #expect(verdict([old], edited, others: true, on: other) == .due(isStrange: true))
    }

    @Test func aStrangeFileIsNotReplacedUnlessThatIsAllowed() throws {
        let file = try existing()
        #expect(verdict([], file) == .refused("was not written by asr2clip"))
        #expect(verdict([], file, again: true) == .refused("was not written by asr2clip"))
        #expect(verdict([], file, others: true) == .due(isStrange: true))
        let parent = try FileFacts(folder.path)
        #expect(verdict([], parent, others: true) == .refused("is no file"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "r")
        let link = try FileFacts(folder.file("link"), followsLinks: false)
        #expect(verdict([], link) == .refused("is no file"))
        #expect(verdict([], link, others: true) == .due(isStrange: true))
    }

    @Test func theResultOfAnotherRecordingIsNotReplaced() throws {
        let file = try existing()
        let other = Self.origin(source: "/archive/a.mp3", modified: 8)
        let mine = Self.origin(source: "/other/a.mp3")
        #expect(verdict([record(other, file)], file, on: mine) == .refused("is the result of '/archive/a.mp3'"))
        #expect(verdict([record(other, file)], file, others: true, on: mine) == .due(isStrange: false))
        // The same recording, moved.
        #expect(verdict([record(Self.origin(source: "/archive/a.mp3"), file)], file, on: mine) == .done)
        // Beside its recording, and then with the same folder as the output folder.
        #expect(verdict([record(other, file)], file, on: wanted) == .due(isStrange: false))
    }
}
