import AudioInput
import Foundation
import SpeechTypes
import Testing

@Suite struct LengthTests {
    @Test(arguments: [0, UInt32.max, UInt32.max - 8, 0x7FFF_F000, 1_000, 31_000, 32_001])
    func readsAllAudioRegardlessOfTheHeader(length: UInt32) throws {
        var wav = WAV.tone()
        wav.statedLength = length
        #expect(try decode(wav.bytes).samples.count == 16_000)
    }

    @Test(arguments: [0, 1])
    func doesNotDecodeTextAfterTheAudio(oddBytes: Int) throws {
        var wav = WAV.tone()
        wav.data += [UInt8](repeating: 0, count: oddBytes)
        let text = ascii("INFOICMT") + little(UInt32(4_000)) + [UInt8](repeating: 0x41, count: 4_000)
        wav.trailer = [UInt8](repeating: 0, count: oddBytes) + ascii("LIST") + little(UInt32(text.count)) + text
        wav.statedLength = UInt32(wav.data.count)
        #expect(try decode(wav.bytes).samples.count == 16_000)
    }

    @Test(arguments: [
        "en_44k1_aac.m4a", "en_48k_opus.webm", "en_48k_opus.ogg", "en_long_16k.flac", "en_digits_16k.wav",
    ])
    func refusesWhatDeclaresTooLongAtOnce(file: String) throws {
        let longest = Duration.seconds(1)
        let error = #expect(throws: TranscriptionError.self) {
            _ = try AudioDecoder(path: Fixtures.path(file), name: file, maximumDuration: longest)
        }
        #expect(error?.code == .audioTooLong)
        #expect(error?.message.contains("The limit is 1 s;") == true)
    }

    @Test func stopsWhatDeclaresNothingAtTheLimit() throws {
        let longest = Duration.milliseconds(1_050)
        var decoder = try AudioDecoder(path: Fixtures.container("word.ac3"), name: "a", maximumDuration: longest)
        #expect(try decoder.next()?.samples.count == 16_000)
        let error = #expect(throws: TranscriptionError.self) { try decoder.next() }
        #expect(error?.code == .audioTooLong)
        #expect(try decoder.next() == nil)
    }

    @Test func believesNoDurationThatTheFileHasNoRoomFor() throws {
        let longest = Duration.seconds(2)
        var wav = WAV.tone()
        wav.statedLength = 1_000_000_000
        #expect(try decode(wav.bytes, longest: longest).samples.count == 16_000)

        var flac = try Fixtures.bytes("en_long_16k.flac")
        flac.replaceSubrange(22..<26, with: [0xFF, 0xFF, 0xFF, 0xFF])  // total samples, in STREAMINFO
        #expect(try decode(flac, longest: .seconds(20)).seconds > 10)
    }

    @Test(arguments: [Duration.seconds(Int64.max), .seconds(1), .milliseconds(1_000)])
    func allowsUpToTheLimit(limit: Duration) throws {
        #expect(try decode(WAV.tone().bytes, longest: limit).samples.count == 16_000)
    }
}
