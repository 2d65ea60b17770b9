import SherpaOnnx
import SpeechTypes
import Synchronization
import TestSupport
import Testing

@testable import ModelFamilies
@testable import Recognition

@BlockingCalls @Suite struct RecognizerCacheTests {
    /// Keys requested in this order, and the cached keys afterwards, least recently used first.
    @Test(arguments: [
        ("", ""), ("a", "a"), ("abc", "abc"), ("aaa", "a"), ("abcd", "bcd"), ("abca", "bca"), ("abcad", "cad"),
        ("abcdabcd", "bcd"), ("abcbad", "bad"), ("abcdef", "def"),
    ])
    func theLeastRecentlyUsedIsEvicted(asked: String, held: String) {
        var cache = LRUCache<Character, String>(capacity: 3)
        for key in asked where cache.value(for: key) == nil { cache.insert("value \(key)", for: key) }
        #expect(String(cache.values.keys) == held)
        for key in held { #expect(cache.value(for: key) == "value \(key)") }
    }

    @Test func aSecondValueForAKeyReplacesTheFirst() {
        var cache = LRUCache<Int, String>(capacity: 2)
        for (key, value) in [(1, "a"), (2, "b"), (1, "c")] { cache.insert(value, for: key) }
        #expect(Array(cache.values.keys) == [2, 1])
        #expect(cache.value(for: 1) == "c")
    }

    @Test func aModelHoldsARecognizerForEachOfThreeLanguages() throws {
        let recognizer = try Recognizer(.fixture(.senseVoice))
        let sound = try AudioBuffer.fixture("en_digits_16k.wav")
        #expect(recognizer.cache.settings == [RecognizerSettings()])
        for code in ["en", "zh", "ja"] { _ = try recognizer.recognize(sound, language: Language(code: code)) }
        #expect(recognizer.cache.settings.map(\.language?.code) == ["en", "zh", "ja"])
        #expect(try recognizer.transcript(sound, language: Language(code: "en")).text == "one two three four")
        #expect(try recognizer.transcript(sound, language: nil).text == "one two three four")
        #expect(recognizer.cache.settings.map(\.language?.code) == ["ja", "en", nil])
    }

    @Test func aLanguageLoadsOnceForConcurrentRequests() async throws {
        let configuration = try ModelSpecification.fixture(.paraformer).configuration(
            for: RecognizerSettings(), operatorThreads: 1)
        let loaded = Mutex<[RecognizerSettings]>([])
        let cache = RecognizerCache { settings throws(RecognitionError) in
            loaded.withLock { $0.append(settings) }
            do throws(SherpaOnnxError) {
                return try OfflineRecognizer(configuration)
            } catch {
                throw RecognitionError(.modelUnusable, error.description)
            }
        }
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = try? cache.recognizer(for: RecognizerSettings()) } }
        }
        #expect(loaded.withLock { $0 } == [RecognizerSettings()])
        #expect(cache.settings == [RecognizerSettings()])
    }

    @Test func aRecognizerThatCannotBeLoadedIsNotHeld() throws {
        let cache = RecognizerCache { _ throws(RecognitionError) in
            throw RecognitionError(.modelUnusable, "no")
        }
        #expect(throws: RecognitionError.self) { try cache.recognizer(for: RecognizerSettings()) }
        #expect(cache.settings.isEmpty)
    }
}
