import Testing

@testable import Recognition

/// When the second copy of a model is created and released.
@Suite struct LoneCopyTests {
    private typealias Copy = LoneCopy<String, Int>
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A copy, number 1, made for English at second 0.
    private func english() -> Copy {
        var copy = Copy()
        _ = copy.ask(for: "en", at: start)
        _ = copy.ask(for: "en", at: start)
        _ = copy.finish(1, for: "en", at: start)
        return copy
    }

    /// The copy's decisions for a series of requests: `use 1`, `make`, `make for 1` or `none`.
    private func answers(_ copy: inout Copy, _ wishes: [(key: String, second: Double)]) -> [String] {
        wishes.map { wish in
            switch copy.ask(for: wish.key, at: at(wish.second)) {
            case .use(let number): "use \(number)"
            case .none: "none"
            case .make(let old): old.map { "make for \($0)" } ?? "make"
            }
        }
    }

    private func looked(_ copy: inout Copy, _ second: Double) -> String {
        switch copy.look(at: at(second)) {
        case .later(let pause): "later \(pause)"
        case .gone(let old): old.map { "gone \($0)" } ?? "gone"
        }
    }

    @Test func aCopyIsMadeForTheSameKeyTwiceInARow() {
        var copy = Copy()
        let before = answers(&copy, [("en", 0), ("de", 0), ("en", 0), ("en", 0), ("en", 0)])
        #expect(before == ["none", "none", "none", "make", "none"])
        let begins = copy.finish(1, for: "en", at: start)
        #expect(begins, "somebody has to look after it")
        let after = answers(&copy, [("en", 0), ("de", 0), ("en", 0)])
        #expect(after == ["use 1", "none", "use 1"])
    }

    @Test func aCopyIsNotReplacedTooSoon() {
        var copy = english()
        let wishes = [("de", 0), ("de", 59.9), ("en", 59.9), ("de", 60), ("de", 60), ("en", 60), ("en", 60)]
        let during = answers(&copy, wishes)
        #expect(during == ["none", "none", "use 1", "none", "make for 1", "none", "none"])
        let begins = copy.finish(2, for: "de", at: at(61))
        #expect(!begins, "somebody looks after it already")
        let after = answers(&copy, [("de", 62)])
        #expect(after == ["use 2"])
    }

    @Test func anUnusedCopyIsReleasedAfterTenMinutes() {
        var copy = english()
        let used = answers(&copy, [("en", 100)])
        let looks = [looked(&copy, 600), looked(&copy, 700)]
        #expect(used == ["use 1"] && looks == ["later 100.0 seconds", "gone 1"])
        #expect(!copy.isWatched)
        let after = answers(&copy, [("en", 701)])
        #expect(after == ["make"])
    }
}
