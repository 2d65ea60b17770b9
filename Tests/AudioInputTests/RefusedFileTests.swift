import AudioInput
import Foundation
import SpeechTypes
import Testing

@Suite struct RefusedFileTests {
    @Test(
        arguments: [
            ("bad_empty.wav", .audioEmpty), ("bad_zero_bytes.wav", .audioEmpty), ("bad_5ms.wav", .audioTooShort),
            ("bad_truncated.wav", .audioUndecodable), ("bad_text.wav", .audioUndecodable),
            ("manifest.json", .audioUndecodable),
            ("no such file", .audioUnreadable), (".", .audioUnreadable),
        ] as [(String, TranscriptionError.Code)])
    func refusesEachBadFixtureByItsCode(file: String, code: TranscriptionError.Code) throws {
        let error = #expect(throws: TranscriptionError.self) { try decode(Fixtures.path(file), name: file) }
        #expect(error?.code == code)
        #expect(error?.message.contains("'\(file)'") == true)
    }

    @Test(arguments: [
        (
            Data(repeating: 0, count: 600_000),
            "FFmpeg finds no audio format in it. Send wav, mp3, flac, ogg, m4a or webm."
        ),
        (Data("plain words\n".utf8), "Cannot decode 'x.txt': "),
        // A tag that claims to end far after the end of the file.
        (Data("ID3".utf8) + [4, 0, 0, 0x7F, 0x7F, 0x7F, 0x7F] + Data(count: 200), "Cannot decode 'x.txt': "),
        (Data([0x89] + "PNG\r\n\u{1A}\n\0\0\0\rIHDR".utf8) + Data(count: 99), "which is not accepted"),
        (Data(WAV.tone(rate: 999).bytes), "its sample rate is 999 Hz. Send 1000 to 768000 Hz"),
        (Data(WAV.tone(seconds: 0.1, rate: 768_001).bytes), "its sample rate is 768001 Hz"),
        (Data(WAV(rate: 0, data: [UInt8](repeating: 1, count: 9_999)).bytes), "Cannot decode 'x.txt': "),
        (Data(WAV.tone(seconds: 0.01, channels: 65).bytes), "it has 65 channels. Send at most 64"),
    ])
    func messagesSayWhatIsWrongAndWhatToDo(content: Data, part: String) throws {
        let error = try #require(try refusal([UInt8](content), name: "x.txt"))
        #expect(error.code == .audioUndecodable)
        #expect(error.message.contains(part), "\(error.message)")
    }

    @Test func refusesRandomBytes() throws {
        var random = Seeded(state: 11)
        for size in [100, 5_000, 300_000] {
            let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(try refusal(bytes)?.code == .audioUndecodable)
        }
    }

    @Test func refusesAVideoWithoutAudio() throws {
        let error = try #require(try refusal(matroska(track: [0x83, 0x81, 1, 0x86, 0x85] + ascii("V_VP8"))))
        #expect(error.code == .audioUndecodable)
        #expect(error.message == "Cannot decode 'clip': it has no audio stream. Send a file with sound.")
    }

    @Test func opensOnlyListedDecoders() throws {
        var game = WAV.tone().bytes
        game[20] = 0x61  // Duck DK4 ADPCM, which FFmpeg can decode
        let error = try #require(try refusal(game))
        #expect(error.code == .audioUndecodable)
        #expect(error.message.contains("the codec 'adpcm_ima_dk4' is not accepted"), "\(error.message)")
    }

    @Test(arguments: [
        (1_599, TranscriptionError.Code.audioTooShort), (1_600, nil), (1, .audioTooShort), (0, .audioEmpty),
    ])
    func wantsATenthOfASecond(samples: Int, code: TranscriptionError.Code?) throws {
        let wav = WAV(data: [UInt8](repeating: 1, count: samples * 2))
        #expect(try refusal(wav.bytes)?.code == code)
    }

    @Test func returnsNothingAfterAnError() throws {
        try withFile(WAV(data: [1, 1]).bytes) { path in
            var decoder = try AudioDecoder(path: path, name: "a")
            #expect(throws: TranscriptionError.self) { try decoder.next() }
            #expect(try decoder.next() == nil)
        }
    }

    @Test(arguments: [
        ("a\r\nb.wav", "'a??b.wav'"), ("\u{1B}[31mred", "'?[31mred'"), ("\u{202E}gpj.wav", "'?gpj.wav'"),
        ("", "'audio'"),
        (String(repeating: "é", count: 5_000), "'" + String(repeating: "é", count: 100) + "…'"),
    ])
    func removesControlCharactersFromNamesInMessages(name: String, shown: String) throws {
        #expect(try refusal([], name: name)?.message.contains(shown) == true)
    }

    /// A Matroska file with one track and an empty cluster.
    private func matroska(track: [UInt8]) -> [UInt8] {
        func element(_ identifier: [UInt8], _ content: [UInt8]) -> [UInt8] {
            identifier + [0x80 + UInt8(content.count)] + content
        }
        let numbers: [UInt8] = [0xD7, 0x81, 1, 0x73, 0xC5, 0x81, 1]
        let tracks = element([0x16, 0x54, 0xAE, 0x6B], element([0xAE], numbers + track))
        let cluster = element([0x1F, 0x43, 0xB6, 0x75], [0xE7, 0x81, 0])
        return element([0x1A, 0x45, 0xDF, 0xA3], element([0x42, 0x82], ascii("webm")))
            + element([0x18, 0x53, 0x80, 0x67], tracks + cluster)
    }
}
