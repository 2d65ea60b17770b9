import Testing

@testable import CommandLineTool

/// What each signal that asks a server to end does.
struct ServerEndTests {
    private var steps = ServerEndSteps()

    @Test mutating func withoutADelayTheSecondSignalEndsTheProcess() {
        #expect(steps.receive(15) == .drain)
        #expect(!steps.isStopping)
        #expect(steps.begin(.zero) == .stop)
        #expect(steps.isStopping)
        #expect(steps.receive(2) == .exit(2))
    }

    @Test mutating func theServerStopsWhenTheDelayIsOver() {
        #expect(steps.receive(15) == .drain)
        #expect(steps.begin(.seconds(10)) == .wait(.seconds(10)))
        #expect(!steps.isStopping)
        #expect(steps.delayIsOver() == .stop)
        #expect(steps.isStopping)
        #expect(steps.receive(15) == .exit(15))
    }

    @Test mutating func theSecondSignalEndsTheDelayAndTheThirdTheProcess() {
        #expect(steps.receive(15) == .drain)
        #expect(steps.begin(.seconds(10)) == .wait(.seconds(10)))
        #expect(steps.receive(15) == .stop)
        #expect(steps.delayIsOver() == nil)
        #expect(steps.receive(2) == .exit(2))
    }

    /// The delay is read from the registry, which takes a moment.
    @Test(arguments: [(0, .exit(2)), (10, .stop)] as [(Int, ServerEndSteps.Step)])
    mutating func aSignalBeforeTheDelayIsKnownCountsAsSoonAsItIs(seconds: Int, step: ServerEndSteps.Step) {
        #expect(steps.receive(15) == .drain)
        #expect(steps.receive(2) == nil)
        #expect(steps.begin(.seconds(seconds)) == step)
        #expect(steps.delayIsOver() == nil)
        #expect(steps.receive(15) == .exit(15))
    }

    @Test mutating func aThirdSignalEndsTheProcessEvenIfTheDelayIsNeverKnown() {
        #expect(steps.receive(15) == .drain)
        #expect(steps.receive(15) == nil)
        #expect(steps.receive(15) == .exit(15))
    }
}
