import TestSupport

/// A recording of any length whose exact text is known.
struct Phrases {
    private static let phrase = "one two three seven eight"

    let file: MultipartBody.Upload
    let text: String

    /// Repeats the phrase, which takes 3.6 s, with pauses at which a segment may end.
    init(_ times: Int) throws {
        let sound = try WaveFile(path: Fixtures.audio("en_two_phrases_16k.wav")).repeated(times)
        file = MultipartBody.Upload(name: "phrases.wav", bytes: sound)
        text = Array(repeating: Self.phrase, count: times).joined(separator: " ")
    }
}
