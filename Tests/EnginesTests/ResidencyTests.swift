import Testing

@testable import Engines

/// Which models are in memory, as a table: the event, its second, and the expected actions.
struct ResidencyTests {
    typealias Plan = Residency<String>.Plan

    enum Step: Sendable {
        case asks(String), loaded(String), busy(String), idle(String), leaves(String), stays(String)
        case looks
        case rules(keepAlive: Int?, maximum: Int)
    }

    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var keepAlive: Int? = 900
        var maximum = 2
        /// The second, the event, the models that it loads and unloads, and the second of the next check.
        let steps: [(Int, Step, in: [String], out: [String], next: Int?)]
    }

    static let stories = [
        Story(
            testDescription: "an idle model is ended after its time",
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (5, .loaded("a"), in: [], out: [], next: 905),
                (10, .busy("a"), in: [], out: [], next: nil), (20, .idle("a"), in: [], out: [], next: 920),
                (919, .looks, in: [], out: [], next: 920), (920, .looks, in: [], out: ["a"], next: nil),
                (920, .looks, in: [], out: [], next: nil), (921, .leaves("a"), in: [], out: [], next: nil),
            ]),
        Story(
            testDescription: "the default model stays",
            steps: [
                (0, .asks("default"), in: ["default"], out: [], next: nil),
                (1, .loaded("default"), in: [], out: [], next: nil),
                (100_000, .looks, in: [], out: [], next: nil),
            ]),
        Story(
            testDescription: "no time at all: a model goes with its last job", keepAlive: 0,
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (1, .busy("a"), in: [], out: [], next: nil),
                (2, .loaded("a"), in: [], out: [], next: nil), (3, .idle("a"), in: [], out: ["a"], next: nil),
            ]),
        Story(
            testDescription: "never: a model stays as long as there is room", keepAlive: nil,
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (1, .loaded("a"), in: [], out: [], next: nil),
                (100_000, .looks, in: [], out: [], next: nil),
            ]),
        Story(
            testDescription: "the one that was used longest ago makes room",
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (0, .loaded("a"), in: [], out: [], next: 900),
                (1, .asks("b"), in: ["b"], out: [], next: 900), (2, .loaded("b"), in: [], out: [], next: 900),
                (3, .busy("a"), in: [], out: [], next: 902), (4, .idle("a"), in: [], out: [], next: 902),
                (5, .asks("c"), in: [], out: ["b"], next: 904), (6, .leaves("b"), in: ["c"], out: [], next: 904),
            ]),
        Story(
            testDescription: "the default model makes room last",
            steps: [
                (0, .asks("default"), in: ["default"], out: [], next: nil),
                (1, .loaded("default"), in: [], out: [], next: nil),
                (2, .asks("a"), in: ["a"], out: [], next: nil), (3, .loaded("a"), in: [], out: [], next: 903),
                (4, .asks("b"), in: [], out: ["a"], next: nil), (5, .leaves("a"), in: ["b"], out: [], next: nil),
                (6, .busy("b"), in: [], out: [], next: nil), (7, .loaded("b"), in: [], out: [], next: nil),
                (8, .asks("c"), in: [], out: ["default"], next: nil),
                (9, .leaves("default"), in: ["c"], out: [], next: nil),
            ]),
        Story(
            testDescription: "while all are at work, who comes waits for the first that is idle", maximum: 1,
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (1, .busy("a"), in: [], out: [], next: nil),
                (2, .loaded("a"), in: [], out: [], next: nil), (3, .asks("b"), in: [], out: [], next: nil),
                (4, .asks("c"), in: [], out: [], next: nil), (5, .idle("a"), in: [], out: ["a"], next: nil),
                (6, .leaves("a"), in: ["b"], out: [], next: nil), (7, .loaded("b"), in: [], out: ["b"], next: nil),
                (8, .leaves("b"), in: ["c"], out: [], next: nil),
            ]),
        Story(
            testDescription: "one that loads is at work", maximum: 1,
            steps: [(0, .asks("a"), in: ["a"], out: [], next: nil), (1, .asks("b"), in: [], out: [], next: nil)]),
        Story(
            testDescription: "one that got a job in the last moment stays, and another goes",
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (0, .loaded("a"), in: [], out: [], next: 900),
                (1, .asks("b"), in: ["b"], out: [], next: 900), (1, .loaded("b"), in: [], out: [], next: 900),
                (2, .asks("c"), in: [], out: ["a"], next: 901), (3, .busy("a"), in: [], out: [], next: 901),
                (3, .stays("a"), in: [], out: ["b"], next: nil), (4, .leaves("b"), in: ["c"], out: [], next: nil),
            ]),
        Story(
            testDescription: "who no longer waits is not let in", maximum: 1,
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (1, .asks("b"), in: [], out: [], next: nil),
                (2, .leaves("b"), in: [], out: [], next: nil), (3, .leaves("a"), in: [], out: [], next: nil),
                (4, .asks("c"), in: ["c"], out: [], next: nil),
            ]),
        Story(
            testDescription: "stricter rules end idle models at once, looser ones let in who waits",
            steps: [
                (0, .asks("a"), in: ["a"], out: [], next: nil), (0, .loaded("a"), in: [], out: [], next: 900),
                (1, .asks("b"), in: ["b"], out: [], next: 900), (1, .loaded("b"), in: [], out: [], next: 900),
                (2, .rules(keepAlive: 900, maximum: 1), in: [], out: ["a"], next: 901),
                (3, .leaves("a"), in: [], out: [], next: 901), (4, .busy("b"), in: [], out: [], next: nil),
                (5, .asks("c"), in: [], out: [], next: nil),
                (6, .rules(keepAlive: 900, maximum: 2), in: ["c"], out: [], next: nil),
                (7, .idle("b"), in: [], out: [], next: 907),
                (8, .rules(keepAlive: 1, maximum: 2), in: [], out: ["b"], next: nil),
            ]),
    ]

    @Test(arguments: stories)
    func eachStepCausesItsDecisions(story: Story) {
        let birth = ContinuousClock.now
        var residency = Residency<String>(
            .init(keepAlive: story.keepAlive.map(Duration.seconds), maximumLoaded: story.maximum))
        var standings: [String: Residency<String>.Standing] = [:]
        for (number, (second, step, admitted, ended, next)) in story.steps.enumerated() {
            let now = birth + .seconds(second)
            func idle(_ name: String) {
                standings[name] = .init(isBusy: false, lastUse: now, isDefault: name == "default")
            }
            switch step {
            case .asks(let name):
                residency.ask(name)
                standings[name] = .init(isBusy: true, lastUse: now, isDefault: name == "default")
            case .loaded(let name): if !hasJob(name, before: number, in: story) { idle(name) }
            case .idle(let name): idle(name)
            case .busy(let name): standings[name]?.isBusy = true
            case .leaves(let name): residency.leave(name)
            case .stays(let name): residency.stay(name)
            case .looks: break
            case .rules(let keepAlive, let maximum):
                residency.rules = .init(keepAlive: keepAlive.map(Duration.seconds), maximumLoaded: maximum)
            }
            let plan = residency.plan(at: now) { standings[$0] ?? .init(isBusy: true, lastUse: now, isDefault: false) }
            let expected = Plan(admitted: admitted, ended: ended, nextLook: next.map { birth + .seconds($0) })
            #expect(plan == expected, "step \(number): \(step)")
        }
    }

    /// Whether a job arrived while the model was being loaded.
    private func hasJob(_ name: String, before number: Int, in story: Story) -> Bool {
        story.steps[..<number].contains { if case .busy(name) = $0.1 { true } else { false } }
    }

    @Test func aSlotIsFreeOnlyIfNobodyWaitsForIt() {
        var residency = Residency<String>(.init(keepAlive: nil, maximumLoaded: 1))
        #expect(residency.hasFreePlace)
        residency.ask("a")
        #expect(!residency.hasFreePlace)
        _ = residency.plan(at: .now) { _ in .init(isBusy: true, lastUse: .now, isDefault: false) }
        #expect(!residency.hasFreePlace)
        residency.leave("a")
        #expect(residency.hasFreePlace)
    }
}
