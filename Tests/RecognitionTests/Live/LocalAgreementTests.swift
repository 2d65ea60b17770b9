@testable import Recognition
import Testing

@Suite struct LocalAgreementTests {
    @Test func wordsAreSentOnceTwoLooksAgreeOnThem() {
        var agreement = LocalAgreement()
        #expect(agreement.receive("it was a") == nil)
        #expect(agreement.receive("it was the best") == "it was")
        #expect(agreement.receive("it was the best of") == "it was the best")
        #expect(agreement.receive("it was the best of") == "it was the best of")
        #expect(agreement.receive("it was the best of") == nil)
    }

    @Test func aLookThatTakesWordsBackSendsNothing() {
        var agreement = LocalAgreement()
        _ = agreement.receive("one two three")
        #expect(agreement.receive("one two three") == "one two three")
        #expect(agreement.receive("won two") == nil)
        #expect(agreement.receive("won two") == nil)
    }

    @Test func textWithoutSpacesIsComparedByCharacter() {
        var agreement = LocalAgreement()
        _ = agreement.receive("开放时间")
        #expect(agreement.receive("开放时候") == "开放时")
    }
}
