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

    /// The names in TO_LANGUAGE_CODE of openai/whisper, tokenizer.py, that are not in its LANGUAGES.
    @Test(arguments: [
        ("burmese", "my"), ("valencian", "ca"), ("flemish", "nl"), ("haitian", "ht"), ("letzeburgesch", "lb"),
        ("pushto", "ps"), ("panjabi", "pa"), ("moldavian", "ro"), ("moldovan", "ro"), ("sinhalese", "si"),
        ("castilian", "es"), ("mandarin", "zh"),
    ])
    func aLanguageIsFoundByEachOfWhispersOtherNames(text: String, code: String) {
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
