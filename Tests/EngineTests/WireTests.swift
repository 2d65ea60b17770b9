import Basics
import Foundation
import ModelFamilies
import SpeechTypes
import TestSupport
import Testing

@testable import Engine

/// What goes over an engine's socket comes out as it went in.
struct WireTests {
    /// Throws events, the same for the same seed.
    private struct Dice {
        var generator: SeededGenerator

        mutating func text() -> String {
            let pieces = ["one", " ", "二", "\n", "\"", "\\", "/", "é", "👋🏽", "\u{FFFD}", "\u{2028}", "\0", "{}", ""]
            return (0..<Int.random(in: 0...6, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
        }

        mutating func time() -> Duration { .milliseconds(Int.random(in: 0...21_600_000, using: &generator)) }

        mutating func segment() -> Transcript.Segment {
            let tokens = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                Token(
                    text: text(), start: Bool.random(using: &generator) ? time() : nil,
                    duration: Bool.random(using: &generator) ? time() : nil,
                    logProbability: Bool.random(using: &generator) ? -0.125 : nil)
            }
            let language = Bool.random(using: &generator) ? Language(code: "yue") : nil
            return Transcript.Segment(start: time(), end: time(), text: text(), tokens: tokens, language: language)
        }

        mutating func event() -> TranscriptEvent {
            switch Int.random(in: 0...3, using: &generator) {
            case 0: .working
            case 1:
                .done(
                    RecordingSummary(
                        duration: time(), damagedPackets: Int.random(in: 0...9, using: &generator),
                        unusedHints: Hints.Field.allCases.filter { _ in Bool.random(using: &generator) },
                        laneWait: Bool.random(using: &generator) ? time() : nil))
            default: .segment(segment())
            }
        }
    }

    @Test(arguments: 0..<200)
    func everyEventIsOneLineAndComesBack(seed: UInt64) throws {
        var dice = Dice(generator: SeededGenerator(seed: seed))
        let event = dice.event()
        let line = try JSONEncoder().encode(WireLine(event))
        #expect(!line.contains(UInt8(ascii: "\n")))
        let back = try JSONDecoder().decode(WireLine.self, from: line).event()
        #expect(back.inMilliseconds == event)
    }

    @Test(arguments: TranscriptionError.Code.allCases)
    func everyErrorComesBackAsItself(code: TranscriptionError.Code) throws {
        let error = TranscriptionError(code, "The file 'a\"b.wav' is\nno sound.")
        let line = try JSONEncoder().encode(WireLine(error))
        #expect(throws: error) { try JSONDecoder().decode(WireLine.self, from: line).event() }
    }

    /// A line that an honest engine does not write; one that was taken over must not end the server.
    @Test(arguments: [
        #"{"segment": {"start": -1e300, "end": 1e300, "text": "", "tokens": [{"text": "", "start": 1e19}]}}"#,
        #"{"done": {"seconds": 1e300, "damaged_packets": 9223372036854775807, "unused_hints": []}}"#,
    ])
    func timesBeyondALifeAreCutShort(line: String) throws {
        switch try JSONDecoder().decode(WireLine.self, from: Data(line.utf8)).event() {
        case .segment(let segment):
            #expect(segment.start == .zero - .longest && segment.end == .longest)
            #expect(segment.tokens.first?.start == .longest)
        case .done(let summary): #expect(summary.duration == .longest)
        case .working: Issue.record("The line says that.")
        }
    }

    /// No fixture makes such a number: where a logit is none, the models find no token at all.
    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func aResultThatCannotBeWrittenIsAnErrorOfItsJob(number: Double) throws {
        let token = Token(text: "secret", start: nil, duration: nil, logProbability: number)
        let segment = Transcript.Segment(start: .zero, end: .seconds(1), text: "secret", tokens: [token], language: nil)
        let error = #expect(throws: TranscriptionError.self) {
            try WireLine(.segment(segment)).encoded(by: JSONEncoder())
        }
        #expect(error?.code == .recognitionFailed)
        #expect(error?.message.contains("log_probability is \(number)") == true)
        #expect(error?.message.contains("secret") == false)
    }

    /// All that a form may say: 1 MiB of text, of which 10,000 characters are the prompt and 500 by 200 are keywords.
    @Test func aFormOfNothingButControlCharactersFitsIntoAJob() throws {
        let text = String(repeating: "\u{1}", count: 1 << 20)
        let job = TranscriptionJob(
            path: String(repeating: "/", count: 4096), fileName: String(repeating: "\u{1}", count: 1 << 14),
            language: nil,
            hints: Hints(prompt: "", keywords: [text] + Array(repeating: "", count: 500)), maximumDuration: .seconds(1))
        #expect(try JSONEncoder().encode(WireJob(job)).count < WireJob.maximumBytes)
    }

    @Test(arguments: ["{}", #"{"news": 1}"#, #"{"error": {"code": "unheard_of", "message": ""}}"#])
    func aLineOfAnotherVersionIsMalformed(line: String) throws {
        let line = try JSONDecoder().decode(WireLine.self, from: Data(line.utf8))
        #expect(throws: MalformedLine.self) { try line.event() }
    }

    @Test func aJobComesBackAsItself() throws {
        let chunking = ChunkingStrategy(threshold: 0.3, prefixPadding: .milliseconds(125), silence: .milliseconds(750))
        let plain = TranscriptionJob(
            path: "/tmp/a b/ü\".wav", fileName: "ü\".wav", language: nil, maximumDuration: .seconds(21_600))
        var full = plain
        full.language = Language(code: "zh")
        full.candidates = [Language(code: "zh"), Language(code: "en")]
        full.task = .translate
        full.hints = Hints(prompt: "Ada, \"二\"\n", keywords: ["/", "\u{2028}"])
        full.chunking = chunking
        full.needsTokens = false
        for job in [plain, full] {
            let wire = try JSONDecoder().decode(WireJob.self, from: JSONEncoder().encode(WireJob(job)))
            #expect(wire.job == job)
        }
    }

    @Test func aJobByHandNeedsOnlyItsRecording() throws {
        let line = #"{"path": "/tmp/a.wav", "file_name": "a.wav", "maximum_seconds": 60}"#
        let job = try JSONDecoder().decode(WireJob.self, from: Data(line.utf8)).job
        #expect(
            job
                == TranscriptionJob(
                    path: "/tmp/a.wav", fileName: "a.wav", language: nil, maximumDuration: .seconds(60)))
    }

    @Test func anEngineIsToldItsModelByArguments() throws {
        let model = ModelSpecification(
            name: "my model", family: .senseVoice, files: ["model": "/a b/\"c\".onnx", "tokens": "/ü.txt"],
            options: ModelOptions(
                language: Language(code: "zh"), ["use_itn": true, "preferred_segment": 2, "rule_fsts": "/a"]))
        var command = EngineCommand(
            model: model, socket: "/tmp/s", threads: DecodeThreads(lanes: 3, perLane: 2, alone: 4), parent: 7,
            detector: nil)
        let arguments = try command.arguments()
        #expect(arguments.first == EngineCommand.verb)
        let options = [
            "--socket", "/tmp/s", "--lanes", "3", "--threads-per-lane", "2", "--threads-alone", "4", "--parent", "7",
            "--model",
        ]
        #expect(arguments.dropFirst().dropLast() == options[...])
        #expect(try JSONDecoder().decode(ModelSpecification.self, from: Data(arguments.last?.utf8 ?? "".utf8)) == model)
        command.detector = "/a b/vad.onnx"
        command.runtimeSettings = "/a b/ort"
        #expect(
            try command.arguments().suffix(4) == ["--detector", "/a b/vad.onnx", "--runtime-settings", "/a b/ort"])
    }

    @Test func lastWordsAreTheLastLines() {
        let words = LastWords()
        #expect(words.text.isEmpty)
        for number in 1...10 { words.add("\(number)") }
        #expect(words.text == "3 4 5 6 7 8 9 10")
    }
}

extension TranscriptEvent {
    /// The same with times in whole milliseconds: seconds as a `Double` are not exact.
    fileprivate var inMilliseconds: Self {
        switch self {
        case .working: .working
        case .done(let summary):
            .done(
                RecordingSummary(
                    duration: summary.duration.inMilliseconds, damagedPackets: summary.damagedPackets,
                    unusedHints: summary.unusedHints, laneWait: summary.laneWait?.inMilliseconds))
        case .segment(let segment):
            .segment(
                Transcript.Segment(
                    start: segment.start.inMilliseconds, end: segment.end.inMilliseconds, text: segment.text,
                    tokens: segment.tokens.map {
                        Token(
                            text: $0.text, start: $0.start?.inMilliseconds, duration: $0.duration?.inMilliseconds,
                            logProbability: $0.logProbability)
                    },
                    language: segment.language))
        }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Duration { .milliseconds((inSeconds * 1000).rounded()) }
}
