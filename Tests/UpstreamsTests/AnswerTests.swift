import Essentials
import ModelStore
import NIOCore
import SpeechTypes
import TestSupport
import Testing
import TranscriptFormats

@testable import Upstreams

/// What servers say of their models, and their transcripts.
struct AnswerTests {
    @Test func asr2clipTellsWhatItsModelsCanDo() {
        let model = """
            {"id": "a/b", "object": "model", "owned_by": "local", "type": "whisper", "languages": ["en", "de"],
            "status": "unloaded", "capabilities": ["translation", "hints"]}
            """
        let known = UpstreamCapabilities(
            languages: [Language(code: "en"), Language(code: "de")], translates: true, streams: true,
            writesSubtitles: true, isLive: true, takesHints: true)
        #expect(Discovery.capabilities(of: "a/b", in: model.utf8) == known)
        #expect(Discovery.capabilities(of: "a/b", in: #"{"data": [{"id": "x"}, \#(model)]}"#.utf8) == known)
        #expect(Discovery.capabilities(of: "other", in: model.utf8) == nil)
    }

    @Test func vLLMTellsThatItWritesNoSubtitles() {
        let list = #"{"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "vllm", "root": "m"}]}"#
        #expect(
            Discovery.capabilities(of: "m", in: list.utf8)
                == UpstreamCapabilities(
                    streams: true, streamsVerboseJSON: false, writesSubtitles: false, isLive: false))
        #expect(
            Discovery.capabilities(of: "m", in: #"{"id": "m", "owned_by": "openai"}"#.utf8) == UpstreamCapabilities())
        for damaged in ["", "[]", "{", #"{"id": 1}"#] {
            #expect(Discovery.capabilities(of: "m", in: damaged.utf8) == nil)
        }
    }

    @Test func theEntryCountsMoreThanTheServer() {
        let declared = UpstreamCapabilities(translates: false)
        let both = declared.or(UpstreamCapabilities(translates: true, streams: true))
        #expect(both == UpstreamCapabilities(translates: false, streams: true))
    }

    @Test func segmentsAndWordsMakeATranscript() throws {
        let json = """
            {"language": "english", "duration": "4.5", "text": " Hi there. You", "segments": [
            {"start": 0.5, "end": 1.5, "text": " Hi there."}, {"start": 1.0, "end": 4, "text": " You"},
            {"start": 4, "end": 4.2, "text": "  "}], "words": [{"word": "Hi", "start": 0.6, "end": 0.8},
            {"word": "there.", "start": 0.9, "end": 1.4}, {"word": "You", "start": 3, "end": 3.5}, {"word": 7}]}
            """
        let remote = try #require(RemoteTranscript(json.utf8))
        #expect(remote.language == Language(code: "en"))
        #expect(remote.duration == .milliseconds(4500))
        let transcript = remote.transcript
        #expect(transcript.text == "Hi there. You")
        #expect(transcript.duration == .milliseconds(4500))
        #expect(transcript.segments.map(\.start) == [.milliseconds(500), .milliseconds(1500)])
        #expect(transcript.segments.flatMap { $0.words() }.map(\.text) == ["Hi", "there.", "You"])
        #expect(transcript.segments.flatMap { $0.words() }.map(\.start) == [0.6, 0.9, 3].map { .seconds($0) })
    }

    @Test func aTextWithoutSegmentsIsOneSegment() throws {
        let transcript = try #require(RemoteTranscript(#"{"text": "Hi", "usage": {"seconds": 2}}"#.utf8)).transcript
        #expect(transcript.segments.map(\.text) == ["Hi"])
        #expect(transcript.segments.map(\.end) == [.seconds(2)])
        #expect(try #require(RemoteTranscript(#"{"text": ""}"#.utf8)).transcript.segments.isEmpty)
        #expect(RemoteTranscript(#"{"texts": ""}"#.utf8) == nil)
        let huge = #"{"text": "Hi", "duration": 1e300, "segments": [{"start": -1, "end": 1e300, "text": "Hi"}]}"#
        #expect(try #require(RemoteTranscript(huge.utf8)).transcript.text == "Hi")
    }

    @Test(arguments: [ResponseFormat.json, .text, .verboseJSON, .srt, .vtt])
    func aServerIsAskedForWhatItCan(format: ResponseFormat) {
        func asked(
            _ capabilities: UpstreamCapabilities, isStreamed: Bool = false, needsTranscript: Bool = false
        ) -> UpstreamRequest.Asked {
            UpstreamRequest(
                task: .transcribe, recording: UploadedRecording(path: "", name: "", size: 0, isRawPCM: false),
                format: format, isStreamed: isStreamed, needsTranscript: needsTranscript, timestamps: [.segment],
                fields: [], requestID: "", hops: UpstreamHops(nil)
            ).asked(with: capabilities)
        }
        #expect(asked(.init()) == .init(format: format, isStreamed: false))
        #expect(asked(.init(), needsTranscript: true).format == .verboseJSON)
        let isSubtitle = format == .srt || format == .vtt
        #expect(asked(.init(writesSubtitles: false)).format == (isSubtitle ? .verboseJSON : format))
        #expect(asked(.init(), isStreamed: true).isStreamed)
        #expect(!asked(.init(streams: false), isStreamed: true).isStreamed)
        // vLLM.
        #expect(
            asked(.init(streams: true, streamsVerboseJSON: false), isStreamed: true)
                == .init(format: format, isStreamed: format != .verboseJSON))
    }

    @Test(arguments: [0, 1, 300_000])
    func aFormHasItsLengthAndIsSentAgainTheSame(size: Int) async throws {
        let folder = try TemporaryFolder()
        let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let path = try folder.write(bytes, to: "recording")
        for isRaw in [false, true] {
            let recording = UploadedRecording(path: path, name: "a\"b\r\n.wav", size: size, isRawPCM: isRaw)
            let upload = MultipartUpload([("prompt", "x\r\ny")], recording)
            var bodies: [Data] = []
            for _ in 0..<2 {
                var body = Data()
                for try await piece in upload { body += Data(piece.readableBytesView) }
                bodies.append(body)
            }
            #expect(bodies[0] == bodies[1])
            #expect(Int64(bodies[0].count) == upload.length)
            let name = isRaw ? "audio.wav" : "a%22b%0D%0A.wav"
            #expect(bodies[0].range(of: Data("filename=\"\(name)\"".utf8)) != nil)
            #expect(bodies[0].range(of: Data("name=\"prompt\"\r\n\r\nx\r\ny\r\n--".utf8)) != nil)
            #expect((bodies[0].range(of: Data("RIFF".utf8)) != nil) == isRaw)
            if size > 0 { #expect(bodies[0].range(of: bytes) != nil) }
        }
    }

    @Test func aRecordingThatBecameShorterIsNoForm() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data("abc".utf8), to: "recording")
        let upload = MultipartUpload([], UploadedRecording(path: path, name: "a", size: 4, isRawPCM: false))
        await #expect(throws: MultipartUpload.Unreadable.self) { for try await _ in upload {} }
    }
}
