import Foundation
import SpeechTypes
import Testing

@testable import TranscriptFormats

@Suite struct ResponseFormatTests {
    @Test(arguments: ResponseFormat.allCases)
    func rendersTheGoldenTranscript(format: ResponseFormat) throws {
        let rendered = format.render(.meeting, echoing: RequestEcho(temperature: 0.2))
        #expect(try Data(rendered.utf8) == golden("meeting.\(format.rawValue)"))
    }

    @Test(arguments: [ResponseFormat.srt, .vtt])
    func rendersTheGoldenSubtitles(format: ResponseFormat) throws {
        let rendered = format.render(.lecture, echoing: RequestEcho())
        #expect(try Data(rendered.utf8) == golden("lecture.\(format.rawValue)"))
    }

    @Test(arguments: [
        (ResponseFormat.json, "application/json"), (.text, "text/plain; charset=utf-8"),
        (.verboseJSON, "application/json"), (.srt, "application/x-subrip; charset=utf-8"),
        (.vtt, "text/vtt; charset=utf-8"),
    ])
    func saysItsContentType(format: ResponseFormat, contentType: String) {
        #expect(format.contentType == contentType)
    }

    @Test(arguments: [
        ("json", ResponseFormat.json as ResponseFormat?), ("text", .text), ("verbose_json", .verboseJSON),
        ("srt", .srt), ("vtt", .vtt), ("JSON", nil), ("verboseJSON", nil), ("", nil),
    ])
    func isReadFromTheRequestedName(word: String, format: ResponseFormat?) {
        #expect(ResponseFormat(rawValue: word) == format)
    }

    @Test(arguments: [
        (ResponseFormat.json, #"{"text": ""}"#), (.text, ""), (.srt, ""), (.vtt, "WEBVTT\n"),
        (
            .verboseJSON,
            #"{"task": "transcribe", "language": "auto", "duration": 3, "text": "", "segments": [], "#
                + #""usage": {"type": "duration", "seconds": 3}}"#
        ),
    ])
    func silenceIsAnEmptyText(format: ResponseFormat, body: String) {
        #expect(format.render(Transcript(duration: .seconds(3)), echoing: RequestEcho()) == body)
    }
}

@Suite struct VerboseJSONTests {
    @Test(arguments: [
        ("en" as String?, "de" as String?, SpeechTask.transcribe, "en"), ("en", nil, .transcribe, "en"),
        (nil, "de", .transcribe, "de"), (nil, nil, .transcribe, "auto"), ("zh", "de", .translate, "english"),
    ])
    func languageIsTheDetectedOneElseTheDefault(
        heard: String?, assumed: String?, task: SpeechTask, name: String
    ) throws {
        var transcript = Transcript(duration: .seconds(1))
        transcript.append(.init(start: .zero, end: .seconds(1), text: "hm", language: heard.map(Language.init(code:))))
        transcript.assume(assumed.map(Language.init(code:)))
        let echo = RequestEcho(task: task)
        let body = try object(ResponseFormat.verboseJSON.render(transcript, echoing: echo))
        #expect(body["language"] as? String == name)
        #expect(body["task"] as? String == task.rawValue)
    }

    /// Times in microseconds, from a model, and in milliseconds, for the response.
    @Test(arguments: [
        (told: [0, 1_000_000, 1_000_000, 2_000_000], answered: [0, 1000, 1000, 2000]),
        (told: [1499, 1500, 2499, 2500], answered: [1, 2, 2, 3]),
        (told: [-500_000, 900_000, 800_000, 700_000], answered: [0, 900, 900, 900]),
        (told: [500_000, 400_000, 0, 2_500_000], answered: [500, 500, 500, 2500]),
        (told: [2_400_000, 2_500_600, 2_600_000, 9_000_000], answered: [2400, 2500, 2500, 2500]),
    ])
    func timesNeverDecreaseAndStayInTheRecording(told: [Int], answered: [Int]) throws {
        var transcript = Transcript(duration: .microseconds(2_500_400))
        for pair in [told[0...1], told[2...3]] {
            let times = pair.map { Duration.microseconds($0) }
            transcript.append(.init(start: times[0], end: times[1], text: "hm"))
        }
        let body = try object(ResponseFormat.verboseJSON.render(transcript, echoing: RequestEcho()))
        let segments = try #require(body["segments"] as? [[String: Any]])
        let times = try segments.flatMap { segment in
            [try #require(segment["start"] as? Double), try #require(segment["end"] as? Double)]
        }
        #expect(times == answered.map { Double($0) / 1000 })
        #expect(body["duration"] as? Double == 2.5)
    }

    @Test(
        arguments: [
            ([], []), ([.segment], ["segments"]), ([.word], ["words"]), ([.segment, .word], ["segments", "words"]),
        ] as [(Set<TimestampGranularity>, [String])])
    func listsRequestedGranularities(timestamps: Set<TimestampGranularity>, keys: [String]) throws {
        let rendered = ResponseFormat.verboseJSON.render(.meeting, echoing: RequestEcho(), timestamps: timestamps)
        let body = try object(rendered)
        #expect(Set(body.keys) == Set(["task", "language", "duration", "text", "usage"] + keys))
        #expect(keys.allSatisfy { rendered.contains(#""\#($0)": [{"#) })
    }

    @Test(arguments: [
        ("a", 0.111), ("Hello, world.", 0.619), (String(repeating: "You ", count: 50) + "You", 13.533), ("", 0),
    ])
    func theCompressionRatioIsThatOfZlib(text: String, ratio: Double) {
        #expect(text.compressionRatio == ratio)
    }

    @Test func withoutTokenTimesWordsAreWithinSpeech() {
        var transcript = Transcript(duration: .seconds(12))
        let speech = [(2_000, 3_000), (8_000, 9_000)].map { Duration.milliseconds($0)..<Duration.milliseconds($1) }
        transcript.append(
            .init(start: .seconds(2), end: .seconds(9), text: "One, two. Six, ten.", speech: speech))
        let words =
            #"{"word": "One,", "start": 2, "end": 2.5}, {"word": "two.", "start": 2.5, "end": 3}, "#
            + #"{"word": "Six,", "start": 8, "end": 8.5}, {"word": "ten.", "start": 8.5, "end": 9}"#
        let body = ResponseFormat.verboseJSON.render(transcript, echoing: RequestEcho(), timestamps: [.word])
        #expect(body.contains(#""words": [\#(words)], "usage""#), "\(body)")
    }

    /// If the lengths alone would place a word in a pause, it is moved before or after the pause.
    @Test func aLongPauseSeparatesSentences() {
        var transcript = Transcript(duration: .seconds(17))
        let speech = [(128, 3_000), (13_600, 16_300)].map { Duration.milliseconds($0)..<Duration.milliseconds($1) }
        transcript.append(
            .init(
                start: .milliseconds(128), end: .milliseconds(16_300),
                text: "The meeting begins at 8 o'clock on Monday morning. Please bring the blue folder and two pens.",
                speech: speech))
        let cues = transcript.subRip()
        #expect(
            cues.contains("\n00:00:13,600 --> 00:00:16,300\nPlease bring the blue folder and two pens.\n"), "\(cues)")
        #expect(cues.hasPrefix("1\n00:00:00,128 --> 00:00:03,000\n"), "\(cues)")
    }

    @Test func wordsHaveTheirTimesInSecondsWithinTheRecording() {
        var transcript = Transcript(duration: .milliseconds(2000))
        let tokens = [("▁Hel", 500), ("lo", 640), ("▁world", 1234), ("▁yes", 2100)].map { text, milliseconds in
            Token(text: text, start: .milliseconds(milliseconds))
        }
        transcript.append(.init(start: .zero, end: .seconds(3), text: "Hello, world. Yes.", tokens: tokens))
        let words =
            #"{"word": "Hello,", "start": 0.5, "end": 1}, {"word": "world.", "start": 1.234, "end": 1.834}, "#
            + #"{"word": "Yes.", "start": 2, "end": 2}"#
        let body = ResponseFormat.verboseJSON.render(transcript, echoing: RequestEcho(), timestamps: [.word])
        #expect(body.contains(#""words": [\#(words)], "usage""#))
    }

    @Test(arguments: [
        ("segment", TimestampGranularity.segment as TimestampGranularity?), ("word", .word), ("Word", nil),
    ])
    func aGranularityIsReadFromItsName(word: String, granularity: TimestampGranularity?) {
        #expect(TimestampGranularity(rawValue: word) == granularity)
    }

    @Test func everyMillisecondPrintsWithAtMostThreeDecimals() {
        for milliseconds in stride(from: 0, through: 100_000_000, by: 7919) {
            let text = JSONValue.seconds(milliseconds).text
            let decimals = text.split(separator: ".", maxSplits: 1).dropFirst().first ?? ""
            #expect(decimals.count <= 3, "\(milliseconds) ms prints as \(text)")
            #expect(text.split(separator: ".").first.map(String.init) == String(milliseconds / 1000))
        }
    }
}

func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}
