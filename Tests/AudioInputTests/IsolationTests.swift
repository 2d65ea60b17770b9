import AudioInput
import Foundation
import SpeechTypes
import Testing

@Suite struct IsolationTests {
    /// Texts that make an unrestricted FFmpeg open the file they name.
    @Test(arguments: [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%@\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n%@",
        "ffconcat version 1.0\nfile %@\n",
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><BaseURL>%@</BaseURL></MPD>",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\na=%@\n",
        "[Adaptation]\n[playlist]\nFile1=%@\n",
    ])
    func aPlaylistOpensNoOtherFile(template: String) throws {
        let text = template.replacingOccurrences(of: "%@", with: Fixtures.path("en_digits_16k.wav"))
        #expect(try refusal(ascii(text), name: "list.wav")?.code == .audioUndecodable)
    }

    #if os(Linux)
        @Test func closesItsFileOnEveryPath() throws {
            let contents = [
                WAV.tone().bytes, WAV(data: [1, 1]).bytes, WAV.tone(rate: 10).bytes,
                WAV.tone(seconds: 0.01, channels: 65).bytes,
                ascii("text"), Array(WAV.tone().bytes.prefix(38)), [],
            ]
            for content in contents {
                try withFile(content) { path in
                    _ = try? decode(path)
                    #expect(openDescriptors(of: path).isEmpty)
                }
            }
            try withFile(WAV.tone().bytes) { path in
                let decoder = try AudioDecoder(path: path, name: "a")
                #expect(openDescriptors(of: path).count == 1)
                #expect(decoder.damagedPackets == 0)
            }
        }

        @Test func distinguishesAReadErrorFromTheEndOfTheFile() throws {
            try withFile(WAV.tone(seconds: 20).bytes) { path in
                var decoder = try AudioDecoder(path: path, name: "a.wav")
                #expect(try decoder.next() != nil)
                // Our own memory at an unmapped address: the next read fails with EIO.
                let broken = open("/proc/self/mem", O_RDONLY)
                let descriptor = try #require(openDescriptors(of: path).first)
                #expect(dup2(broken, descriptor) == descriptor)
                close(broken)
                let error = #expect(throws: TranscriptionError.self) { while try decoder.next() != nil {} }
                #expect(error?.code == .audioUnreadable)
                #expect(error?.message.hasPrefix("Cannot read 'a.wav': ") == true)
            }
        }

        @Test func doesNotBlockOnAPipeWithoutAWriter() throws {
            let path = NSTemporaryDirectory() + "audio-input-\(UUID().uuidString)"
            try #require(mkfifo(path, 0o600) == 0)
            defer { unlink(path) }
            let error = #expect(throws: TranscriptionError.self) { _ = try decode(path) }
            #expect(error?.code == .audioUnreadable)
        }

        @Test func aFileThatIsGoneIsUnreadableAndNotUndecodable() {
            let error = #expect(throws: TranscriptionError.self) { _ = try decode(NSTemporaryDirectory() + "gone.wav") }
            #expect(error?.code == .audioUnreadable)
        }

        private func openDescriptors(of path: String) -> [Int32] {
            let folder = "/proc/self/fd"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.compactMap { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
                return target == path ? Int32(name) : nil
            }
        }
    #endif

    @Test func canMoveToAnotherThread() async throws {
        let file = "en_long_16k.flac"
        let reader = Reader(try AudioDecoder(path: Fixtures.path(file), name: file))
        #expect(try await reader.count() == decode(Fixtures.path(file)).samples.count)
    }

    @Test func manyFilesDecodeConcurrently() async throws {
        let expected = try decode(Fixtures.path("en_48k_opus.webm")).samples
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<16 { group.addTask { try decode(Fixtures.path("en_48k_opus.webm")).samples } }
            for try await samples in group { #expect(samples == expected) }
        }
    }

    private actor Reader {
        private var decoder: AudioDecoder

        init(_ decoder: consuming AudioDecoder) { self.decoder = decoder }

        func count() throws -> Int {
            var count = 0
            while let chunk = try decoder.next() { count += chunk.samples.count }
            return count
        }
    }
}
