import SpeechTypes
import Testing

@testable import AudioInput

/// The messages of decode failures.
struct AudioDecodeFailureTests {
    @Test(
        arguments: [
            (.nothingDecodes(damagedPackets: 1), "it has 1 audio packet, none of which can be decoded."),
            (.nothingDecodes(damagedPackets: 2), "it has 2 audio packets, none of which can be decoded."),
            (.tooShort(.milliseconds(50)), "'a' lasts 50 ms, which is too short to recognise."),
            (.tooLong(declared: .seconds(30_000), limit: .seconds(21_600)), "'a' lasts 8 h 20 min. The limit is 6 h;"),
            (.tooLong(declared: nil, limit: .seconds(1)), "'a' goes on for longer. The limit is 1 s;"),
            (
                .tooLong(declared: .seconds(21_601), limit: .seconds(21_600)),
                "'a' goes on for longer. The limit is 6 h;"
            ),
            (.tooLong(declared: .seconds(Int64.max), limit: .seconds(90)), "The limit is 1 min 30 s;"),
        ] as [(AudioDecodeFailure, String)])
    func amountsAreNatural(refusal: AudioDecodeFailure, words: String) {
        #expect(TranscriptionError(refusal, of: "a").message.contains(words))
    }
}
