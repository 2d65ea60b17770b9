import SpeechTypes

extension Transcript {
    /// The recording of the golden subtitles: long sentences, pauses, characters that are special in WebVTT, a word
    /// wider than a line, a script without spaces, a segment without token times, and one after the recording's end.
    static let lecture: Transcript = {
        var transcript = Transcript(duration: .seconds(60))
        transcript.append(
            .spoken(
                "Good morning. | Today we look at what happens when R & D departments, for all their <good> intentions, "
                    + "write more than anybody can read, and why that is --> this time at least --> nobody's fault.",
                from: .milliseconds(480)))
        transcript.append(
            .spoken("See www.example.org/a/very/long/address/that/nobody/can/type. | | | Yes?", from: .seconds(25)))
        transcript.append(
            .spoken("今天我们来看一看语音识别的历史，从一九五二年贝尔实验室的第一台机器，到今天人人口袋里的手机。| 「准备好了吗？」", from: .seconds(36)))
        transcript.append(
            Segment(
                start: .seconds(54), end: .seconds(58),
                text:
                    "Without the times of tokens, a text of more than two lines has to be divided by its length alone.")
        )
        transcript.append(Segment(start: .milliseconds(59_900), end: .seconds(61), text: "The end."))
        transcript.append(Segment(start: .seconds(62), end: .seconds(63), text: "Or not."))
        return transcript
    }()
}

extension Transcript.Segment {
    /// A segment with a token for each word, or each character outside ASCII, spoken slowly.
    ///
    /// - Parameters:
    ///   - script: The text; `|` between words stands for a second of silence and is not part of it.
    ///   - start: The start of its first word.
    /// - Returns: The segment, which ends 0.2 s after its last word.
    static func spoken(_ script: String, from start: Duration) -> Transcript.Segment {
        var now = start
        var tokens: [Token] = []
        for word in script.split(separator: " ") {
            guard word != "|" else {
                now += .seconds(1)
                continue
            }
            for (index, token) in word.tokens.enumerated() where token != "|" {
                tokens.append(Token(text: index == 0 ? " " + token : token, start: now))
                now += .milliseconds(150 + 60 * token.count)
            }
            if word.last == "|" { now += .seconds(1) }
        }
        let text = script.replacing("|", with: "").split(separator: " ").joined(separator: " ")
        return Transcript.Segment(start: start, end: now + .milliseconds(200), text: text, tokens: tokens)
    }
}

extension Substring {
    /// ASCII in one piece, everything else character by character.
    fileprivate var tokens: [String] {
        reduce(into: []) { tokens, character in
            if character.isASCII, let last = tokens.last, last.utf8.allSatisfy({ $0 < 0x80 }) {
                tokens[tokens.count - 1] = last + String(character)
            } else {
                tokens.append(String(character))
            }
        }
    }
}
