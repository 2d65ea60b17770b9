import Foundation
import TestSupport
import Testing

@testable import SherpaOnnx

@Suite struct ThreadTests {
    @Test func eachCallGetsOnlyItsOwnLibraryMessages() async throws {
        let recognizer = try OfflineRecognizer(.moonshine)
        let lengths = [400, 500, 600, 700]
        let errors = await onThreads(lengths.count) { number in
            (0..<25).map { _ in
                Result { () throws(SherpaOnnxError) in
                    try recognizer.decode(Array(repeating: 0.1, count: lengths[number]))
                }
            }
        }
        for (length, results) in zip(lengths, errors) {
            for result in results {
                guard case .failure(let error) = result else {
                    Issue.record("\(length) samples were decoded")
                    continue
                }
                let parts = error.words.components(separatedBy: "Number of audio samples: ")
                #expect(parts.count == 2 && parts[1] == "\(length)", "\(error.words)")
            }
        }
    }

    @Test func anExceptionInOneCallDoesNotFailAnother() async throws {
        let recognizer = try OfflineRecognizer(.moonshine)
        let speech = try samples("en_digits_16k.wav")
        let alone = try recognizer.decode(speech)
        let results = await onThreads(4) { number in
            (0..<8).map { _ in try? recognizer.decode(number == 0 ? speech : Array(repeating: 0.1, count: 500)) }
        }
        #expect(results[0].allSatisfy { $0 == alone })
        #expect(results.dropFirst().joined().allSatisfy { $0 == nil })
    }

    @Test func eightThreadsGiveTheTextsOfOne() async throws {
        let recognizer = try OfflineRecognizer(.paraformer)
        let recordings = Manifest.shared.files.filter { $0.expected["paraformer"] != nil }
        let sounds = try recordings.map { try samples($0.file) }
        let results = await onThreads(8) { _ in sounds.map { try? recognizer.decode($0).text } }
        let expected = recordings.map { $0.result(of: "paraformer")?.text }
        #expect(results.allSatisfy { $0 == expected })
    }
}
