import SpeechTypes

/// Whether a text may have been made up where nobody speaks: models write `[Silence]`, `(wind howling)`, `♪♪♪` or `You` then.
///
/// It goes by evidence, in no language: what is doubted costs a look of the detector, up to the first speech, and is dropped
/// only where there is none. Most speech is not doubted.
enum Doubt {
    /// Letters in a second: speech has about 12, and 6 with long pauses.
    private static let fewLetters = 6.0
    /// What a character of a script without spaces counts for.
    private static let lettersInCharacter = 3.0
    /// How many times the energy of a quiet moment a loud one has: in speech more than a hundred times (20 dB), in noise,
    /// hum and tones less than this (12 dB).
    private static let steadyRatio: Float = 16

    /// Whether to ask the detector before the text is believed.
    static func doubts(_ text: String, of audio: AudioBuffer) -> Bool {
        guard !text.isEmpty else { return false }
        return hasMarks(text) || letters(in: text) < fewLetters * audio.duration.inSeconds || isSteady(audio)
    }

    /// Brackets, and symbols that nobody speaks, such as notes.
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

    /// Whether the sound is about as loud all the time.
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
