import Foundation
import SpeechTypes
import Testing

@Suite struct LanguageTests {
    @Test(arguments: [
        ("en", "en"), ("EN", "en"), ("en-US", "en"), ("en_us", "en"), (" de ", "de"), ("\tfr\n", "fr"), ("yue", "yue"),
        ("zh-Hant-TW", "zh"), ("sr-Latn_RS", "sr"), ("es-419", "es"), ("english", "english"), ("abcdefgh", "abcdefgh"),
    ])
    func readsCodesAsClientsSendThem(text: String, code: String) throws {
        #expect(try Language(parsing: text)?.code == code)
    }

    @Test(arguments: ["", " ", "\n", "auto", "AUTO", " Auto "])
    func emptyAndAutoMeanNoLanguage(text: String) throws {
        #expect(try Language(parsing: text) == nil)
    }

    @Test(arguments: [
        "e", "abcdefghi", "12", "e1", "en US", "en.US", "-", "-en", "_", "<|en|>", "é", "中文", "en-\u{FC}", "en\u{0}",
        "e-n",
    ])
    func refusesInvalidCodes(text: String) {
        let error = #expect(throws: MalformedLanguage.self) { try Language(parsing: text) }
        #expect(error?.text == text)
    }

    @Test func isWrittenAsItsCode() {
        #expect(String(describing: Language(code: "yue")) == "yue")
    }
}
