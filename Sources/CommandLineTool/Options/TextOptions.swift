public import ArgumentParser
public import Dictation
public import TranscriptFormats

extension ResponseFormat: ExpressibleByArgument {}

extension ClipboardChoice: ExpressibleByArgument {
    /// Reads the word for a choice.
    public init?(argument: String) {
        guard let choice = Self.allCases.first(where: { $0.word == argument }) else { return nil }
        self = choice
    }

    /// The words for all choices.
    public static var allValueStrings: [String] { allCases.map(\.word) }
}

/// `--format`.
struct FormatOption: ParsableArguments {
    @Option(help: ArgumentHelp("How transcripts of files are written. (default: text)", valueName: "format"))
    var format: ResponseFormat?
}

/// Where texts go, beside standard output.
struct TextOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Append texts to a file as well; those that are dictated with their time.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("How to reach the clipboard. (default: auto)", valueName: "way"))
    var clipboard: ClipboardChoice?

    /// Makes sure that the file can be written, before there is anything to lose.
    ///
    /// - Throws: `DeliveryError`.
    func checkOutput() throws(DeliveryError) {
        try output.map(OutputFile.init)?.check()
    }

    /// The places, with standard output behind a screen.
    func delivery(_ screen: DictationScreen, environment: [String: String]) -> TextDelivery {
        TextDelivery(
            clipboard: Clipboard(clipboard ?? .auto, environment: environment), file: output.map(OutputFile.init),
            write: screen.write)
    }
}
