import EngineHost
import Testing

@testable import Engines

@Suite struct MemoryAdviceTests {
    @Test(arguments: [
        ("terminate called after throwing an instance of 'std::bad_alloc'", "signal 6", true),
        ("Fatal error: failed to allocate 16384 bytes of memory with alignment 1", "signal 6", true),
        ("'context_size' does not exist in the metadata", "signal 6", false),
        ("", "signal 4", true), ("", "signal 9", false), ("", "exit status 1", false),
    ])
    func anEngineOutOfMemoryNamesTheOption(words: String, status: String, isSo: Bool) {
        let end = EngineEnd(status: status, lastWords: words)
        let advised = MemoryAdvice(limit: 1000).added(to: end).lastWords
        #expect(advised.hasPrefix(words))
        #expect(advised.contains("1000 bytes") == isSo && advised.contains("--engine-memory") == isSo)
    }

    @Test func withoutALimitTheAdviceNamesNoOption() {
        let advice = MemoryAdvice(limit: nil)
        let advised = advice.added(to: "Failed to create OfflineRecognizer: std::bad_alloc")
        #expect(advised.contains("not enough memory") && !advised.contains("--engine-memory"))
        #expect(advice.added(to: EngineEnd(status: "signal 11", lastWords: "")).lastWords == "")
    }
}
