import Essentials
import Foundation
import Testing

struct SystemReasonTests {
    @Test(arguments: [("/nowhere/file", ENOENT, "No such file or directory"), ("/", EISDIR, "Is a directory")])
    func foundationsErrorsHaveTheSystemsReason(path: String, code: Int32, words: String) {
        let error = #expect(throws: (any Error).self) { try Data(contentsOf: URL(filePath: path)) }
        #expect(error.flatMap { SystemReason.code(of: $0) } == code)
        #expect(error.map { SystemReason.words(for: $0) } == words)
    }

    @Test func ourErrorsKeepTheirDescription() {
        struct Refusal: Error, CustomStringConvertible { let description = "Not today." }
        #expect(SystemReason.code(of: Refusal()) == nil)
        #expect(SystemReason.words(for: Refusal()) == "Not today.")
    }
}
