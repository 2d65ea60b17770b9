public import ArgumentParser
public import Dictation
public import TranscriptFormats

extension ResponseFormat: ExpressibleByArgument {}

extension TextDelivery.CopyMode: ExpressibleByArgument {}

extension ClipboardChoice: ExpressibleByArgument {
    /// Parses the word for a choice.
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

/// The options for delivering texts, in addition to standard output.
struct TextOptions: ParsableArguments {
    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Append texts to a file as well; those that are dictated with their time.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("How to reach the clipboard. (default: auto)", valueName: "way"))
    var clipboard: ClipboardChoice?

    @Option(
        help: ArgumentHelp(
            "What the clipboard has after several texts: the last one, or all of the session. (default: last)",
            valueName: "texts"))
    var copy: TextDelivery.CopyMode?

    /// Adds the options to a source of settings.
    func add(to settings: inout DictationSettings) {
        settings.output = output
        settings.clipboard = clipboard
        settings.copyMode = copy
    }
}
