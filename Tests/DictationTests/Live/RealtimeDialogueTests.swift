import Testing

@testable import Dictation

@Suite struct RealtimeDialogueTests {
    private let soon = ContinuousClock.now + .seconds(60)

    /// A dialogue in which the server takes sound.
    private func opened() -> RealtimeDialogue {
        var dialogue = RealtimeDialogue()
        #expect(dialogue.receive(.updated(byClient: true)) == [.ready])
        return dialogue
    }

    private static func endsTurns(_ actions: [RealtimeDialogue.Action]) -> Bool {
        if case .end(.unsupported) = actions.first { true } else { false }
    }

    @Test func soundIsTakenOnceTheConfigurationIsConfirmed() {
        var dialogue = RealtimeDialogue()
        #expect(!dialogue.isReady && dialogue.receive(.other) == [] && !dialogue.isReady)
        #expect(dialogue.receive(.updated(byClient: true)) == [.ready] && dialogue.isReady)
        #expect(dialogue.receive(.updated(byClient: true)) == [])
        var other = RealtimeDialogue()
        #expect(Self.endsTurns(other.receive(.updated(byClient: false))) && !other.isReady)
    }

    @Test func wordsAndTextBelongToTheRecordingBeingSpoken() {
        var dialogue = opened()
        dialogue.begin(1)
        #expect(dialogue.receive(.delta(item: "a", "one")) == [.words(recording: 1, "one")])
        dialogue.commit(1, deadline: soon)
        dialogue.begin(2)
        // It was on its way when the client committed.
        #expect(dialogue.receive(.delta(item: "a", " two")) == [.words(recording: 1, " two")])
        #expect(dialogue.receive(.committed(item: "a")) == [])
        #expect(dialogue.receive(.delta(item: "b", "three")) == [.words(recording: 2, "three")])
        #expect(dialogue.receive(.completed(item: "a", "one two")) == [.completed(recording: 1, "one two")])
        dialogue.commit(2, deadline: soon)
        #expect(dialogue.receive(.committed(item: "b")) == [])
        #expect(dialogue.receive(.completed(item: "b", "three")) == [.completed(recording: 2, "three")])
        #expect(dialogue.isIdle)
    }

    @Test func textsMayComeInAnyOrder() {
        var dialogue = opened()
        for (recording, item) in [(1, "a"), (2, "b")] {
            dialogue.begin(recording)
            dialogue.commit(recording, deadline: soon)
            #expect(dialogue.receive(.committed(item: item)) == [])
        }
        #expect(dialogue.receive(.completed(item: "b", "two")) == [.completed(recording: 2, "two")])
        #expect(dialogue.receive(.completed(item: "a", "one")) == [.completed(recording: 1, "one")])
        #expect(dialogue.receive(.delta(item: "a", "late")) == [] && dialogue.receive(.completed(item: "a", "x")) == [])
    }

    @Test func aServerThatDoesNotConfirmCommitsIsUnderstood() {
        var dialogue = opened()
        dialogue.begin(1)
        dialogue.commit(1, deadline: soon)
        #expect(dialogue.receive(.completed(item: "a", "one")) == [.completed(recording: 1, "one")])
    }

    @Test func theWordsOfADroppedRecordingGoToNoOther() {
        var dialogue = opened()
        dialogue.begin(1)
        dialogue.clear(1)
        dialogue.begin(2)
        #expect(dialogue.receive(.delta(item: "a", "you")) == [.words(recording: 1, "you")])
        #expect(dialogue.receive(.cleared) == [] && dialogue.receive(.cleared) == [])
        #expect(dialogue.receive(.delta(item: "a", "you")) == [])
        #expect(dialogue.receive(.delta(item: "b", "one")) == [.words(recording: 2, "one")])
    }

    /// A server that ignores the configuration would give each recording the text of a part of it.
    @Test func aServerThatEndsTurnsByItselfIsNotUsed() {
        for event in [RealtimeEvent.committed(item: "a"), .completed(item: "a", "one")] {
            var dialogue = opened()
            #expect(Self.endsTurns(dialogue.receive(event)))
            dialogue.begin(1)
            #expect(Self.endsTurns(dialogue.receive(event)))
            dialogue.clear(1)
            #expect(Self.endsTurns(dialogue.receive(event)))
        }
        var dialogue = opened()
        dialogue.begin(1)
        _ = dialogue.receive(.delta(item: "a", "one"))
        dialogue.commit(1, deadline: soon)
        #expect(Self.endsTurns(dialogue.receive(.committed(item: "b"))))
    }

    @Test func aFailedTurnFailsAloneUnlessItsEndIsInDoubt() {
        var dialogue = opened()
        dialogue.begin(1)
        dialogue.commit(1, deadline: soon)
        _ = dialogue.receive(.committed(item: "a"))
        dialogue.begin(2)
        #expect(dialogue.receive(.failed(item: "a", reason: "no")) == [.failed(recording: 1)])
        #expect(dialogue.receive(.failed(item: "a", reason: "no")) == [])
        #expect(dialogue.receive(.failed(item: "b", reason: "no")) == [.end(.failed("no"))])
    }

    @Test func anErrorEndsTheSession() {
        var dialogue = opened()
        #expect(dialogue.receive(.error(code: "invalid_value", reason: "why")) == [.end(.failed("why"))])
        #expect(dialogue.receive(.error(code: "session_expired", reason: "an hour")) == [.end(.expired)])
    }

    @Test func aTextHasADeadline() {
        var dialogue = opened()
        dialogue.begin(1)
        #expect(!dialogue.isLate(at: soon + .seconds(1)))
        dialogue.commit(1, deadline: soon)
        #expect(!dialogue.isLate(at: soon - .seconds(1)) && dialogue.isLate(at: soon))
        _ = dialogue.receive(.committed(item: "a"))
        #expect(!dialogue.isLate(at: soon - .seconds(1)) && dialogue.isLate(at: soon))
        _ = dialogue.receive(.completed(item: "a", ""))
        #expect(!dialogue.isLate(at: soon))
    }

    @Test func aForgottenRecordingTakesNoText() {
        var dialogue = RealtimeDialogue()
        dialogue.begin(1)
        dialogue.forget(1)
        dialogue.begin(2)
        _ = dialogue.receive(.updated(byClient: true))
        #expect(dialogue.receive(.delta(item: "a", "one")) == [.words(recording: 2, "one")])
    }
}
