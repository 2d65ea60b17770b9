import Foundation
import SpeechTypes
import Testing

@testable import TranscriptFormats

/// The formats of other servers.
@Suite struct CompatibilityFormatTests {
    @Test(arguments: [WhisperServiceOutput.txt, .json, .tsv])
    func rendersTheGoldenTranscriptOfTheService(output: WhisperServiceOutput) throws {
        let rendered = output.render(.meeting, hasWords: output == .json)
        #expect(rendered == String(decoding: try golden("meeting.service.\(output.rawValue)"), as: UTF8.self))
    }

    @Test(arguments: [true, false]) func rendersTheGoldenTranscriptOfWhisperServer(hasTimes: Bool) throws {
        let rendered = Transcript.meeting.whisperServerJSON(echoing: RequestEcho(temperature: 0.2), hasTimes: hasTimes)
        let name = "meeting.whisper_server\(hasTimes ? "" : ".no_timestamps").json"
        #expect(rendered == String(decoding: try golden(name), as: UTF8.self))
    }

    @Test(arguments: [(WhisperServiceOutput.srt, ResponseFormat.srt), (.vtt, .vtt)])
    func subtitlesAreOurs(output: WhisperServiceOutput, format: ResponseFormat) {
        #expect(output.render(.lecture, hasWords: false) == format.render(.lecture, echoing: RequestEcho()))
    }

    @Test(arguments: [
        (WhisperServiceOutput.txt, ""), (.srt, ""), (.vtt, "WEBVTT\n"), (.tsv, "start\tend\ttext\n"),
        (.json, #"{"text": "", "segments": [], "language": null}"#),
    ])
    func silenceHasNoSegments(output: WhisperServiceOutput, body: String) {
        #expect(output.render(Transcript(duration: .seconds(3)), hasWords: true) == body)
    }

    @Test func aTabInATextDoesNotMakeAColumn() {
        var transcript = Transcript(duration: .seconds(2))
        transcript.append(.init(start: .zero, end: .seconds(1), text: "a\tb"))
        #expect(WhisperServiceOutput.tsv.render(transcript, hasWords: false) == "start\tend\ttext\n0\t1000\ta b\n")
    }
}
