import SpeechTypes
import Testing

struct LanguageNameTests {
    @Test(arguments: [
        ("de", "de"), ("DE", "de"), ("de-AT", "de"), ("german", "de"), ("German", "de"), ("haitian creole", "ht"),
        ("Mandarin", "zh"), ("nb", "no"), ("nb_NO", "no"), ("no", "no"), ("yue", "yue"), ("Cantonese", "yue"),
    ])
    func aLanguageIsFoundByItsCodeOrName(text: String, code: String) {
        #expect(Language(named: text)?.code == code)
    }

    @Test(arguments: ["", "auto", "xx", "klingon", "germ", "deutsch", "-", "many", "all"])
    func allElseIsNoLanguage(text: String) {
        #expect(Language(named: text) == nil)
    }

    @Test func aLanguageHasAnEnglishName() {
        #expect(Language(code: "de").englishName == "German")
        #expect(Language(code: "xx").englishName == nil)
    }
}
