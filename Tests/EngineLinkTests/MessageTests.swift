import Essentials
import Foundation
import ModelFamilies
import NIOCore
import SpeechTypes
import TestSupport
import Testing

@testable import EngineLink

/// Messages are received unchanged, and their values are bounded.
struct MessageTests {
    /// Generates random events, the same for the same seed.
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
            let start = time()
            return Transcript.Segment(
                start: start, end: start + time(), text: text(), tokens: tokens, language: language)
        }

        mutating func event() -> TranscriptEvent {
            switch Int.random(in: 0...4, using: &generator) {
            case 0: .working
            case 2: .length(time())
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
    func everyEventSurvivesTheRoundTrip(seed: UInt64) throws {
        var dice = Dice(generator: SeededGenerator(seed: seed))
        let reply = EngineReply.events((0..<3).map { _ in dice.event() })
        let back = try reply.frame().message(as: EngineReply.self)
        #expect(back == reply)
        #expect(back.bounded == reply)
    }

    @Test(arguments: TranscriptionError.Code.allCases)
    func everyErrorSurvivesTheRoundTrip(code: TranscriptionError.Code) throws {
        let reply = EngineReply.failed(TranscriptionError(code, "The file 'a\"b.wav' is\nno sound."))
        #expect(try reply.frame().message(as: EngineReply.self) == reply)
        #expect(reply.bounded == .failed(TranscriptionError(code, "The file 'a\"b.wav' is\u{FFFD}no sound.")))
    }

    private static let extremes: [Duration] = [
        Duration(secondsComponent: .max, attosecondsComponent: 0),
        Duration(secondsComponent: .min, attosecondsComponent: 0),
        .zero, .seconds(-1), .nanoseconds(1),
    ]

    /// A working engine never sends these; a compromised one must not crash the server with them.
    @Test(arguments: extremes, extremes)
    func extremeTimesAreClamped(start: Duration, end: Duration) throws {
        let segment = Transcript.Segment(
            start: start, end: end, text: "", tokens: [Token(text: "", start: start, duration: end)],
            speech: [min(start, end)..<max(start, end)])
        let reply = EngineReply.events([
            .segment(segment), .done(RecordingSummary(duration: end, damagedPackets: .max, laneWait: start)),
        ])
        guard case .events(let events) = try reply.frame().message(as: EngineReply.self).bounded,
            case .segment(let heard) = events[0], case .done(let summary) = events[1]
        else {
            Issue.record("The events are others.")
            return
        }
        let times = [
            heard.start, heard.end, heard.tokens[0].start, heard.tokens[0].duration, heard.speech[0].lowerBound,
            heard.speech[0].upperBound, summary.duration, summary.laneWait,
        ]
        for time in times.compactMap({ $0 }) { #expect(time >= .zero && time <= .longest) }
        #expect(heard.start <= heard.end)
        #expect(summary.damagedPackets.addingReportingOverflow(1 << 60).overflow == false)
    }

    /// No fixture produces such a number: if a logit is NaN, the models find no token at all.
    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func aResultThatCannotBeEncodedFailsItsJob(number: Double) throws {
        let token = Token(text: "secret", start: nil, duration: nil, logProbability: number)
        let segment = Transcript.Segment(start: .zero, end: .seconds(1), text: "secret", tokens: [token], language: nil)
        let error = #expect(throws: TranscriptionError.self) {
            try EngineReply.events([.segment(segment)]).frame()
        }
        #expect(error?.code == .recognitionFailed)
        #expect(error?.message.contains("logProbability is \(number)") == true)
        #expect(error?.message.contains("secret") == false)
    }

    /// The maximum of a form: 1 MiB of text, with a prompt of 10,000 characters and 500 keywords of 200.
    @Test func aFormOfOnlyControlCharactersFitsIntoAJob() throws {
        let text = String(repeating: "\u{1}", count: 1 << 20)
        let job = TranscriptionJob(
            path: String(repeating: "/", count: 4096), fileName: String(repeating: "\u{1}", count: 1 << 14),
            language: nil,
            hints: Hints(prompt: "", keywords: [text] + Array(repeating: "", count: 500)), maximumDuration: .seconds(1))
        #expect(try Frame(message: EngineRequest.transcribe(job)).content.readableBytes < Frame.longestRequest)
    }

    @Test(arguments: [
        "{}", #"{"news": 1}"#, "", "null", #"{"failed":{"_0":{"code":"unheard_of","message":""}}}"#,
        #"{"events":{"_0":[{"segment":{"_0":{"start":1e300}}}]}}"#,
        #"{"events":{"_0":[{"segment":{"_0":{"start":[0,0],"end":[0,0],"text":"","tokens":[],"speech":[[[1,0],[0,0]]]}}}]}}"#,
    ])
    func aMessageOfAnotherKindIsAnError(text: String) {
        #expect(throws: (any Error).self) {
            try Frame(.message, ByteBuffer(string: text)).message(as: EngineReply.self)
        }
    }

    @Test func aJobSurvivesTheRoundTrip() throws {
        let chunking = ChunkingStrategy(threshold: 0.3, prefixPadding: .milliseconds(125), silence: .milliseconds(750))
        let plain = TranscriptionJob(
            path: "/tmp/a b/ü\".wav", fileName: "ü\".wav", language: nil, maximumDuration: .seconds(21_600))
        var full = plain
        full.isRawPCM = true
        full.language = Language(code: "zh")
        full.candidates = [Language(code: "zh"), Language(code: "en")]
        full.task = .translate
        full.hints = Hints(prompt: "Ada, \"二\"\n", keywords: ["/", "\u{2028}"])
        full.chunking = chunking
        full.needsTokens = false
        for job in [plain, full] {
            let request = EngineRequest.transcribe(job)
            #expect(try Frame(message: request).message(as: EngineRequest.self) == request)
        }
    }

    @Test func anOrderSurvivesTheRoundTripAndFitsIntoASocketBuffer() throws {
        let model = ModelSpecification(
            name: "my model", family: .senseVoice, files: ["model": "/a b/\"c\".onnx", "tokens": "/ü.txt"],
            options: ModelOptions(
                language: Language(code: "zh"), ["use_itn": true, "preferred_segment": 2, "rule_fsts": "/a"]))
        let recognise = RecogniseOrder(
            model: model, threads: DecodeThreads(lanes: 3, perLane: 2, alone: 4), detector: "/a b/vad.onnx",
            runtimeSettings: "/a b/ort", memory: 1 << 40)
        let order = EngineOrder(parent: 7, job: .recognise(recognise))
        let frame = try Frame(message: order)
        #expect(try frame.message(as: EngineOrder.self) == order)
        #expect(frame.content.readableBytes < EngineOrder.mostBytes)
    }
}
