import Testing

@testable import EngineHost

@Suite struct StandardErrorTailTests {
    @Test func theReasonIsKeptWhenALongTraceFollows() {
        let words = StandardErrorTail()
        words.add("Fatal error: failed to allocate 16384 bytes of memory with alignment 1")
        words.add("Current stack trace:")
        for number in 0..<30 {
            words.add("\(number)    libswiftCore.so                    0x00007fc8196ee650 Array.append + 372")
        }
        #expect(words.text == "Fatal error: failed to allocate 16384 bytes of memory with alignment 1")
    }

    @Test func onlyTheLastLinesAreKept() {
        let words = StandardErrorTail()
        for number in 1...12 { words.add("\(number)") }
        #expect(words.text == "5 6 7 8 9 10 11 12")
    }
}
