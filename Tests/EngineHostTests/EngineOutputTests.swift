import Testing

@testable import EngineHost

/// The handling of the lines that an engine writes.
struct EngineOutputTests {
    private func lines(_ pieces: [String], longest: Int = 100) -> [String] {
        var splitter = LineSplitter(longestLine: longest)
        return pieces.flatMap { splitter.add($0.utf8) } + (splitter.end().map { [$0] } ?? [])
    }

    @Test(arguments: [
        ([], []), (["one\ntwo\n"], ["one", "two"]), (["o", "ne\r", "\ntw", "o"], ["one", "two"]),
        (["\n\n\n"], []), (["10 %\r20 %\r"], ["10 %", "20 %"]), (["é", "二\n"], ["é二"]),
    ])
    func linesAreJoinedHoweverTheyAreChunked(pieces: [String], expected: [String]) {
        #expect(lines(pieces) == expected)
    }

    @Test func anEndlessLineIsCut() {
        let endless = Array(repeating: String(repeating: "x", count: 1000), count: 1000)
        #expect(lines(endless + ["\nshort\n"]) == [String(repeating: "x", count: 100) + "…", "short"])
    }

    @Test func controlCharactersAreRemoved() {
        #expect(lines(["\u{1B}[2J\u{7}red\u{9B}31m\tend\n"]) == ["\u{FFFD}[2J\u{FFFD}red\u{FFFD}31m\tend"])
    }

    @Test func bytesThatAreNotUTF8AreReplaced() {
        var splitter = LineSplitter(longestLine: 100)
        #expect(splitter.add([0x61, 0xFF, 0x62, 0x0A]) == ["a\u{FFFD}b"])
    }

    @Test func aBurstOfLinesIsAcceptedThenAFewASecond() {
        var budget = LineBudget()
        let start = ContinuousClock.now
        var taken = (0..<2 * LineBudget.burst).compactMap { _ in budget.take(at: start) }
        #expect(taken == Array(repeating: 0, count: LineBudget.burst))
        #expect(budget.take(at: start + LineBudget.interval * 0.9) == nil)
        #expect(budget.take(at: start + LineBudget.interval * 2.5) == LineBudget.burst + 1)
        #expect(budget.take(at: start + LineBudget.interval * 2.6) == 0)
        #expect(budget.take(at: start + LineBudget.interval * 2.7) == nil)
        #expect(budget.take(at: start + LineBudget.interval * 3) == 1)
        taken = (0..<2 * LineBudget.burst).compactMap { _ in budget.take(at: start + .seconds(86_400)) }
        #expect(taken.count == LineBudget.burst)
    }
}
