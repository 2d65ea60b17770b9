import Essentials
import TranscriptFormats

/// What a transcript is worth to its reader. Does no I/O.
public enum SpokenText {
    /// The text to deliver: trimmed, without control characters, and empty if it only says that nobody spoke.
    ///
    /// Models write `[BLANK_AUDIO]`, `[ Silence ]`, `(music)`, `*coughs*` or `♪` where nobody speaks, and special tokens
    /// such as `<|nospeech|>`.
    static func cleaned(_ text: String) -> String {
        let words = printable(text).replacing(/<\|[^|>\n]*\|>|\[\s*(?i:BLANK_AUDIO)\s*\]\s*/, with: "")
        return isOnlyAnnotation(words) ? "" : words.trimmed
    }

    /// Whether a document in a format holds a text that is worth delivering.
    static func isSpoken(in document: String, format: ResponseFormat) -> Bool {
        switch format {
        case .text: return !cleaned(document).isEmpty
        case .json, .verboseJSON:
            let object = try? JSONDecoder().decode(JSONValue.self, from: Data(document.utf8))
            return !cleaned(object?["text"]?.string ?? "").isEmpty
        case .srt, .vtt: return document.contains("-->")
        }
    }

    /// A text without the control characters that could command a terminal; line ends and tabs stay.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isControl($0) }))
    }

    /// Whether nothing is left of a text but white space and full stops when remarks in brackets are taken away.
    fileprivate static func isOnlyAnnotation(_ text: String) -> Bool {
        text.replacing(/\[[^\[\]\n]*\]|\([^()\n]*\)|\*[^*\n]+\*|[♪♫♬]/, with: "").allSatisfy {
            $0.isWhitespace || $0 == "."
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }
}

/// Prints a text while it comes, as `SpokenText.cleaned` will have it. Does no I/O.
///
/// White space at the start is left out, white space at the end waits for what follows it, and so does a remark in
/// brackets, which may turn out to be all that there is.
struct SpokenTextStream {
    private var printed = ""
    private var waiting = ""

    /// Takes the next piece.
    ///
    /// - Returns: What can be printed now; may be empty.
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

    /// Whether anything was printed, so that a line is open.
    var hasPrinted: Bool { !printed.isEmpty }

    /// Ends with the cleaned whole.
    ///
    /// - Returns: What of it is still to be printed: all of it, if nothing was streamed.
    func rest(of whole: String) -> String {
        if whole.hasPrefix(printed) { return String(whole.dropFirst(printed.count)) }
        return waiting.trimmed.isEmpty ? "" : waiting
    }

    /// Whether a text is nothing but remarks in brackets so far, the last of them perhaps not closed yet.
    private static func mayBeAnnotation(_ text: String) -> Bool {
        guard let first = text.first, "[(*<♪♫♬".contains(first) else { return text.isEmpty }
        let closed = text.replacing(/[\[(*<][^\])*>\n]*$/, with: "")
        return closed.isEmpty || SpokenText.isOnlyAnnotation(closed)
    }
}
