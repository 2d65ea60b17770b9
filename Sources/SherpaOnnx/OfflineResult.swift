import CSherpaOnnx

/// What an offline recognizer made of one waveform.
public struct OfflineResult: Sendable, Equatable {
    /// The recognised text, as the model writes it.
    public let text: String
    /// The model's tokens; a whisper token may be part of a UTF-8 character, repaired here with U+FFFD.
    public let tokens: [String]
    /// Start times of the tokens in seconds from the start of the waveform; `nil` where the family tells none.
    public let timestamps: [Float]?
    /// The language as the family writes it (`<|en|>` in SenseVoice, `en` in Whisper); empty where it tells none.
    public let language: String

    init(_ result: SherpaOnnxOfflineRecognizerResult) {
        let count = Int(result.count)
        text = result.text.map { String(cString: $0) } ?? ""
        language = result.lang.map { String(cString: $0) } ?? ""
        tokens =
            result.tokens_arr.map { array in
                (0..<count).map { index in array[index].map { String(cString: $0) } ?? "" }
            } ?? []
        timestamps = result.timestamps.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    }
}
