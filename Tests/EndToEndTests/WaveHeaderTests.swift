import Foundation
import TestSupport
import Testing

/// WAV files with false headers.
@Suite(.serialized, .server(TestRegistry([.senseVoice]), "--max-duration", "60s"))
struct WaveHeaderTests {
    /// A field of the plain header of 44 bytes (Microsoft, "Multimedia Programming Interface", WAVE).
    enum Field: Int, CaseIterable {
        case riffSize = 4
        case formatSize = 16
        case formatTag = 20
        case channels = 22
        case sampleRate = 24
        case byteRate = 28
        case blockAlign = 32
        case bitsPerSample = 34
        case dataSize = 40

        var width: Int {
            switch self {
            case .riffSize, .formatSize, .sampleRate, .byteRate, .dataSize: 4
            case .formatTag, .channels, .blockAlign, .bitsPerSample: 2
            }
        }
    }

    private static func word() throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: Fixtures.audio("en_word_16k.wav"))))
    }

    private static func lying(_ field: Field, _ value: UInt32) throws -> [UInt8] {
        var bytes = try word()
        for index in 0..<field.width {
            bytes[field.rawValue + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index))
        }
        return bytes
    }

    private func answer(to bytes: [UInt8]) async throws -> Answer {
        try await APIClient.shared().transcribe(
            .init(name: "lie.wav", bytes: Data(bytes)), ["model": "sense_voice"])
    }

    /// For any value of a field, the response is a text or an error, and the engine survives.
    @Test(arguments: Field.allCases)
    func falseHeaderFieldsDoNotHarmTheServer(field: Field) async throws {
        let server = try ServerProcess.shared()
        try await APIClient(server).waitUntilHealthy()
        let engines = server.engines
        let values: [UInt32] = [
            0, 1, 2, 3, 7, 8, 12, 24, 32, 64, 65, 255, 256, 999, 1_000, 8_000, 34_341, 34_343, 65_534, 65_535, 768_000,
            768_001, 0x7FFF_FFFF, 0x8000_0000, 4_000_000_000, 0xFFFF_FFFE, 0xFFFF_FFFF,
        ]
        for value in values {
            let answer = try await answer(to: Self.lying(field, value))
            #expect([200, 400, 413].contains(answer.status), "\(field) \(value): \(answer.body)")
        }
        #expect(server.engines == engines)
    }

    @Test(arguments: [
        (Field.riffSize, UInt32(0)), (.riffSize, 1), (.riffSize, 0xFFFF_FFFF), (.riffSize, 0x8000_0001),
        (.byteRate, 0), (.byteRate, 1), (.byteRate, 0xFFFF_FFFF), (.blockAlign, 0), (.dataSize, 0),
        (.dataSize, 0xFFFF_FFFF),
        (.dataSize, 0x7FFF_FFFF), (.dataSize, 34_343), (.dataSize, 1_001),
    ])
    func harmlessFalseFieldsLoseNoWords(field: Field, value: UInt32) async throws {
        #expect(try await answer(to: Self.lying(field, value)).body == #"{"text": "stop"}"#)
    }

    @Test(arguments: [
        (Field.channels, UInt32(0)), (.channels, 65_535), (.sampleRate, 0), (.sampleRate, 1),
        (.sampleRate, 4_000_000_000),
        (.formatTag, 0x0031), (.formatTag, 0xABCD), (.bitsPerSample, 77),
    ])
    func anImpossibleHeaderIsRefused(field: Field, value: UInt32) async throws {
        try expectError(try await answer(to: Self.lying(field, value)), 400, "audio_undecodable", parameter: "file")
    }

    /// Chunks between format and sound, and after the sound, with true or false lengths.
    @Test(arguments: [
        ("LIST", 10, UInt32(10), true), ("junk", 0, 0, true), ("id3 ", 5_000, 5_000, true), ("fact", 4, 4, true),
        ("bext", 602, 602, true), ("LIST", 10, 0xFFFF_FFFF, false), ("junk", 3, 0x7FFF_FFFF, false),
        ("fmt ", 16, 16, false), ("\u{0}\u{0}\u{0}\u{0}", 8, 8, false),
    ])
    func otherChunksAreSkipped(name: String, length: Int, stated: UInt32, isHarmless: Bool) async throws {
        let plain = try Self.word()
        let size = withUnsafeBytes(of: stated.littleEndian) { Array($0) }
        let chunk = Array(name.utf8) + size + [UInt8](repeating: 0x20, count: length + length % 2)
        for bytes in [plain[..<36] + chunk + plain[36...], plain + chunk, plain + chunk.prefix(6)] {
            let answer = try await answer(to: Array(bytes))
            #expect([200, 400].contains(answer.status), "\(answer.body)")
            if isHarmless { #expect(answer.body == #"{"text": "stop"}"#) }
        }
    }

    @Test func aFileCutAnywhereIsRefusedOrDecoded() async throws {
        let bytes = try Self.word()
        for end in Array(0...60) + [1_000, 3_243, 3_245, 20_001] {
            let answer = try await answer(to: Array(bytes.prefix(end)))
            #expect(answer.status == (end < 3_244 ? 400 : 200), "\(end): \(answer.body)")
        }
    }
}
