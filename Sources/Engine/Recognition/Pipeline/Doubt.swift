import SpeechTypes

/// Decides whether a text may be invented: without speech, models write `[Silence]`, `(wind howling)`, `♪♪♪` or `You`.
///
/// It uses evidence that works in every language. A doubtful text costs a run of the detector up to the first speech;
/// the text is dropped only if there is none. Most speech is not doubtful.
enum Doubt {
    /// Letters a second: speech has about 12, and 6 with long pauses.
    private static let fewLetters = 6.0
    /// How many letters a character of a script without spaces counts for.
    private static let lettersInCharacter = 3.0
    /// The ratio of energy between loud and quiet moments: more than 100 in speech (20 dB), less than this in noise,
    /// hum and tones (12 dB).
    private static let steadyRatio: Float = 16

    /// Whether to check the audio with the detector before using the text.
    static func doubts(_ text: String, of audio: AudioBuffer) -> Bool {
        guard !text.isEmpty else { return false }
        return hasMarks(text) || letters(in: text) < fewLetters * audio.duration.inSeconds || isSteady(audio)
    }

    /// Whether the text has brackets or symbols that are not spoken, such as notes.
    private static func hasMarks(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .openPunctuation, .closePunctuation, .otherSymbol: true
            default: scalar == "*"
            }
        }
    }

    private static func letters(in text: String) -> Double {
        text.reduce(0) { sum, character in
            guard character.isSpoken else { return sum }
            return sum + (Script.isUnspaced(character) ? lettersInCharacter : 1)
        }
    }

    /// Whether the loudness is about constant.
    private static func isSteady(_ audio: AudioBuffer) -> Bool {
        let length = AudioBuffer.sampleRate / 50
        let energies = stride(from: 0, to: audio.samples.count - length + 1, by: length).map { start in
            audio.samples[start..<start + length].reduce(Float.zero) { $0 + $1 * $1 }
        }.sorted()
        guard !energies.isEmpty else { return true }
        let quiet = energies[energies.count / 10]
        let loud = energies[energies.count * 9 / 10]
        return loud <= quiet * steadyRatio
    }
}
