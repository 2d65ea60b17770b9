import Foundation
import SpeechTypes
import Testing

@testable import TranscriptFormats

/// Properties of the words, subtitles and segments of every transcript.
@Suite struct TranscriptPropertyTests {
    @Test(arguments: 0..<400 as Range<UInt64>)
    func cuesKeepTheirLimitsAndLoseNothing(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let transcript = Transcript.random(using: &generator)
        let cues = transcript.cues()
        let duration = transcript.duration.milliseconds
        #expect(cues.flatMap(\.lines).joined().withoutSpace == transcript.text.withoutSpace)
        for cue in cues {
            #expect((1...2).contains(cue.lines.count))
            #expect(cue.lines.allSatisfy { !$0.withoutSpace.isEmpty && !$0.contains(where: \.isNewline) })
            #expect(cue.lines.allSatisfy { $0.columns <= CueLayout.lineColumns })
            #expect(0 <= cue.start && cue.end <= duration)
            #expect(cue.start < cue.end || duration < cues.count && cue.start == cue.end)
            // If times contradict each other, cues move by a millisecond each to stay apart.
            #expect(cue.end - cue.start <= 7000 + cues.count)
        }
        for (cue, next) in zip(cues, cues.dropFirst()) { #expect(cue.end <= next.start) }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func subtitleFilesParseBackToTheCues(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let transcript = Transcript.random(using: &generator)
        let cues = transcript.cues()

        let subRip = ResponseFormat.srt.render(transcript, echoing: RequestEcho())
        let blocks = subRip.split(separator: "\n\n").map { $0.split(separator: "\n") }
        #expect(blocks.map { $0.first } == cues.indices.map { Substring(String($0 + 1)) })
        #expect(blocks.map { $0.dropFirst(2).map(String.init) } == cues.map(\.lines))
        #expect(subRip.isEmpty || subRip.hasSuffix("\n") && !subRip.hasSuffix("\n\n"))

        let webVTT = ResponseFormat.vtt.render(transcript, echoing: RequestEcho())
        var parts = webVTT.split(separator: "\n\n").map { $0.split(separator: "\n") }
        #expect(parts.removeFirst() == ["WEBVTT"])
        #expect(parts.map { $0.dropFirst().map { String($0).unescaped } } == cues.map(\.lines))
        #expect(parts.allSatisfy { $0.first?.contains(" --> ") == true })
        #expect(parts.allSatisfy { $0.dropFirst().joined().utf8.allSatisfy { !"<>".utf8.contains($0) } })
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func wordsMakeUpTheTextInOrder(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for segment in Transcript.random(using: &generator).segments {
            let words = segment.words()
            #expect(words.joinedText.withoutSpace == segment.text.withoutSpace)
            #expect(words.allSatisfy { segment.start <= $0.start && $0.start <= $0.end })
            #expect(words.allSatisfy { $0.end <= max(segment.start, segment.end) })
            #expect(zip(words, words.dropFirst()).allSatisfy { $0.end <= $1.start })
        }
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func readableSegmentsPartitionTheSegment(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for segment in Transcript.random(using: &generator).segments {
            let parts = segment.readable()
            #expect(parts.map(\.text).joined().withoutSpace == segment.text.withoutSpace)
            #expect(parts.flatMap(\.tokens) == segment.tokens)
            #expect(parts.first?.start == segment.start && parts.last?.end == segment.end)
            #expect(parts.allSatisfy { !$0.text.isEmpty && $0.language == segment.language })
            #expect(parts.count == 1 || parts.allSatisfy { $0.start <= $0.end })
            #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.end <= $1.start })
        }
    }
}

extension String {
    /// The scalars that are not white space, compared one by one, because spaces also separate characters.
    fileprivate var withoutSpace: [Unicode.Scalar] { unicodeScalars.filter { !$0.properties.isWhitespace } }

    /// The text for a reader of WebVTT. Replaces literally, because a semicolon with an accent still ends a reference.
    fileprivate var unescaped: String {
        [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")].reduce(self) { text, reference in
            text.replacingOccurrences(of: reference.0, with: reference.1, options: .literal)
        }
    }
}
