import Foundation
import ModelFamilies
import TestSupport
import Testing

@testable import Engines

/// The lifecycle of an engine as a table: the event, its second, and the expected actions.
struct EngineLifecycleTests {
    enum Step: Sendable {
        case wanted(Double, files: ModelFilesStamp = .asTheyWere)
        case loaded
        case refused(Double)
        case died(Double)
        case unloaded
    }

    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [(Step, EngineLifecycle.Action)]
        let end: EngineStatus

        init(_ name: String, _ steps: [(Step, EngineLifecycle.Action)], end: EngineStatus) {
            testDescription = name
            self.steps = steps
            self.end = end
        }
    }

    static let stories = [
        Story("nobody wants it", [], end: .unloaded),
        Story(
            "the first job starts it, the next ones wait",
            [
                (.wanted(0), .now), (.wanted(1), .nothing), (.loaded, .nothing), (.wanted(2), .nothing),
            ], end: .loaded),
        Story(
            "after a death the next job starts it at once",
            [
                (.wanted(0), .now), (.loaded, .nothing), (.died(60), .nothing), (.wanted(61), .now),
            ], end: .loading),
        Story(
            "quick deaths delay the start more and more, a long life ends that",
            [
                (.wanted(0), .now), (.loaded, .nothing), (.died(1), .nothing),
                (.wanted(1), .now), (.loaded, .nothing), (.died(2), .nothing),
                (.wanted(2), .start(after: .milliseconds(100))), (.loaded, .nothing), (.died(3), .nothing),
                (.wanted(3), .start(after: .milliseconds(200))), (.loaded, .nothing), (.died(30), .nothing),
                (.wanted(30), .now),
            ], end: .loading),
        Story(
            "a load that ends the process is tried three times",
            [
                (.wanted(0), .now), (.died(1), .now), (.died(2), .start(after: .milliseconds(100))),
                (.died(3), .giveUp(reason: "died")),
            ], end: .failed(reason: "died")),
        Story(
            "a load that goes well forgets the bad ones before",
            [
                (.wanted(0), .now), (.died(1), .now), (.died(2), .start(after: .milliseconds(100))),
                (.loaded, .nothing),
                (.died(100), .nothing), (.wanted(100), .now), (.died(101), .now),
            ], end: .loading),
        Story(
            "a fault in the files is not tried again",
            [
                (.wanted(0), .now), (.refused(1), .giveUp(reason: "refused")), (.died(1), .nothing),
                (.wanted(2), .giveUp(reason: "refused")), (.wanted(60.9), .giveUp(reason: "refused")),
            ], end: .failed(reason: "refused")),
        Story(
            "a failed model is tried again after a minute",
            [
                (.wanted(0), .now), (.refused(1), .giveUp(reason: "refused")), (.died(1), .nothing),
                (.wanted(61), .now),
            ], end: .loading),
        Story(
            "a failed model is tried again when its files change",
            [
                (.wanted(0), .now), (.refused(1), .giveUp(reason: "refused")), (.died(1), .nothing),
                (.wanted(2, files: .changed), .now), (.loaded, .nothing),
            ], end: .loaded),
        Story(
            "files that change while they are loaded count as changed",
            [
                (.wanted(0, files: .changed), .now), (.refused(5), .giveUp(reason: "refused")), (.died(5), .nothing),
                (.wanted(6, files: .asTheyWere), .now),
            ], end: .loading),
        Story(
            "one that was unloaded is started by the next job, without the delay of quick deaths before",
            [
                (.wanted(0), .now), (.loaded, .nothing), (.died(1), .nothing), (.wanted(1), .now), (.loaded, .nothing),
                (.died(2), .nothing), (.wanted(2), .start(after: .milliseconds(100))), (.loaded, .nothing),
                (.unloaded, .nothing), (.wanted(3), .now),
            ], end: .loading),
        Story(
            "one that was unloaded is as if it had never run",
            [(.wanted(0), .now), (.loaded, .nothing), (.unloaded, .nothing)], end: .unloaded),
        Story(
            "a failed model gets three tries again",
            [
                (.wanted(0), .now), (.died(1), .now), (.died(2), .start(after: .milliseconds(100))),
                (.died(3), .giveUp(reason: "died")), (.wanted(100), .now), (.died(101), .now),
                (.died(102), .start(after: .milliseconds(100))), (.died(103), .giveUp(reason: "died")),
            ], end: .failed(reason: "died")),
    ]

    @Test(arguments: stories)
    func eachEventCausesItsAction(story: Story) {
        var lifecycle = EngineLifecycle()
        let birth = ContinuousClock.now
        for (number, (step, expected)) in story.steps.enumerated() {
            let action = lifecycle.take(step, since: birth)
            #expect(action == expected, "step \(number): \(step)")
        }
        #expect(lifecycle.status == story.end)
    }

    @Test(arguments: [(0, 0), (1, 0), (2, 100), (3, 200), (7, 3200), (8, 5000), (1000, 5000)])
    func theDelayDoublesUpToFiveSeconds(deaths: Int, milliseconds: Int) {
        #expect(EngineLifecycle.delay(afterQuickDeaths: deaths) == .milliseconds(milliseconds))
    }
}

extension EngineLifecycle.Action {
    static let now = Self.start(after: .zero)
}

extension ModelFilesStamp {
    static let asTheyWere = ModelFilesStamp()
    static let changed = ModelFilesStamp(
        of: ModelSpecification(
            name: "any", family: .whisper, files: ["tokens": Fixtures.model("whisper", "tokens.txt")]))
}

extension EngineLifecycle {
    fileprivate mutating func take(_ step: EngineLifecycleTests.Step, since birth: ContinuousClock.Instant) -> Action {
        switch step {
        case .wanted(let second, let files): return wanted(at: birth + .seconds(second), files: files)
        case .refused(let second): return refused("refused", at: birth + .seconds(second))
        case .died(let second): return died("died", at: birth + .seconds(second), files: .asTheyWere)
        case .loaded:
            loaded()
            return .nothing
        case .unloaded:
            unloaded()
            return .nothing
        }
    }
}
