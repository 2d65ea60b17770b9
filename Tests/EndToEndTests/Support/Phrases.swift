import TestSupport

/// A recording as long as a test wants, whose text is known to the word.
struct Phrases {
    private static let phrase = "one two three seven eight"

    let file: MultipartBody.Upload
    let text: String

    /// Says the phrase again and again, in 3.6 s each time, with pauses where a window may end.
    init(_ times: Int) throws {
        let sound = try WaveFile(path: Fixtures.audio("en_two_phrases_16k.wav")).repeated(times)
        file = MultipartBody.Upload(name: "phrases.wav", bytes: sound)
        text = Array(repeating: Self.phrase, count: times).joined(separator: " ")
    }
}
