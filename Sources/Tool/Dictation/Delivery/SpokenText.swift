import Essentials
import TranscriptFormats

/// Cleans up transcripts for delivery. Does no I/O.
enum SpokenText {
    /// The text to deliver: trimmed, without control characters, and empty if it only says that there was no speech. If
    /// there is no speech, models write `[BLANK_AUDIO]`, `[ Silence ]`, `(music)`, `*coughs*` or `♪`, and special
    /// tokens such as `<|nospeech|>`.
    static func cleaned(_ text: String) -> String {
        let words = printable(text).replacing(/<\|[^|>\n]*\|>|\[\s*(?i:BLANK_AUDIO)\s*\]\s*/, with: "")
        return isOnlyAnnotation(words) ? "" : words.trimmed
    }

    /// Whether a document in this format contains speech.
    static func isSpoken(in document: String, format: ResponseFormat) -> Bool {
        switch format {
        case .text: return !cleaned(document).isEmpty
        case .json, .verboseJSON:
            let object = try? JSONDecoder().decode(JSONValue.self, from: Data(document.utf8))
            return !cleaned(object?["text"]?.string ?? "").isEmpty
        case .srt, .vtt: return document.contains("-->")
        }
    }

    /// A text without the control characters that could control a terminal; line ends and tabs stay.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isControl($0) }))
    }

    /// Whether only white space and full stops are left of a text when remarks in brackets are removed.
    fileprivate static func isOnlyAnnotation(_ text: String) -> Bool {
        text.replacing(/\[[^\[\]\n]*\]|\([^()\n]*\)|\*[^*\n]+\*|[♪♫♬]/, with: "").allSatisfy {
            $0.isWhitespace || $0 == "."
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }
}

/// Streams a text so that the result is the same as by `SpokenText.cleaned`. Does no I/O. White space at the start is
/// left out. White space at the end is held back until more text follows, and so is a remark in brackets, which may
/// turn out to be the whole text.
struct SpokenTextStream {
    private var printed = ""
    private var waiting = ""

    /// Adds the next piece; returns the text that can be printed now; may be empty.
    mutating func add(_ delta: String) -> String {
        waiting += SpokenText.printable(delta)
        if printed.isEmpty {
            waiting = String(waiting.drop(while: \.isWhitespace))
            guard !Self.mayBeAnnotation(waiting) else { return "" }
        }
        let end = waiting.lastIndex { !$0.isWhitespace }.map { waiting.index(after: $0) } ?? waiting.startIndex
        let piece = String(waiting[..<end])
        waiting = String(waiting[end...])
        printed += piece
        return piece
    }

    /// Whether anything was printed, so that the current line is not empty.
    var hasPrinted: Bool { !printed.isEmpty }

    /// Ends the stream with the whole cleaned text; returns the part that is still to be printed: all of it if nothing
    /// was streamed.
    func rest(of whole: String) -> String {
        if whole.hasPrefix(printed) { return String(whole.dropFirst(printed.count)) }
        return waiting.trimmed.isEmpty ? "" : waiting
    }

    /// Ends the stream with the whole cleaned text, which may contradict what was printed; returns the part that is still
    /// to be printed. After a contradiction, that is all of the text on a line of its own: so the last line is the text.
    func end(of whole: String) -> String {
        whole.hasPrefix(printed) ? String(whole.dropFirst(printed.count)) : "\n" + whole
    }

    /// Whether a text consists only of remarks in brackets so far; the last one may not be closed yet.
    private static func mayBeAnnotation(_ text: String) -> Bool {
        guard let first = text.first, "[(*<♪♫♬".contains(first) else { return text.isEmpty }
        let closed = text.replacing(/[\[(*<][^\])*>\n]*$/, with: "")
        return closed.isEmpty || SpokenText.isOnlyAnnotation(closed)
    }
}
