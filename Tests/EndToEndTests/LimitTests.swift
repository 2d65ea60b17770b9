import Foundation
import NIOCore
import TestSupport
import Testing

/// Uploads that are too large are rejected before they are complete, and recordings that are too long before they are
/// decoded to the end.
@Suite(
    .serialized, .server(TestRegistry([.senseVoice]), "--max-upload-size", "100K", "--max-duration", "3s"),
    .timeLimit(.minutes(5)))
struct LimitTests {
    @Test func recordingsWithinTheLimitsAreTranscribed() async throws {
        let answer = try await APIClient.shared().transcribe("en_digits_16k.wav", ["model": "sense_voice"])
        #expect(answer.status == 200)
    }

    @Test func aRecordingAboveTheSizeLimitIsRefused() async throws {
        let server = try ServerProcess.shared()
        let answer = try await APIClient(server).transcribe("en_44k1_stereo.wav", ["model": "sense_voice"])
        try expectError(answer, 413, "audio_too_large", parameter: "file")
        try await eventually("no upload is left") { server.folder.uploads.isEmpty }
    }

    @Test func aRecordingAboveTheDurationLimitIsRefused() async throws {
        for stream in ["false", "true"] {
            let answer = try await APIClient.shared().transcribe(
                "en_digits_16k.flac", ["model": "sense_voice", "stream": stream])
            try expectError(answer, 413, "audio_too_long", parameter: "file")
        }
    }

    /// The body stalls forever, so only a response that does not wait for it can arrive.
    @Test(arguments: [10_000_000, nil])
    func theRefusalDoesNotWaitForTheWholeUpload(announced: Int?) async throws {
        let (chunks, upload) = AsyncStream.makeStream(of: ByteBuffer.self)
        upload.yield(ByteBuffer(bytes: MultipartBody.beginning))
        if announced == nil {
            for _ in 0..<3 { upload.yield(ByteBuffer(repeating: 0x41, count: 50_000)) }
        }
        let answer = try await APIClient.shared().upload(chunks, length: announced)
        upload.finish()
        try expectError(answer, 413, "audio_too_large", parameter: "file")
        try await eventually("no upload is left") { try ServerProcess.shared().folder.uploads.isEmpty }
    }
}
