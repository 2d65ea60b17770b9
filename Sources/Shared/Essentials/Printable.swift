extension String {
    /// The text with each control character except the tab replaced by U+FFFD, so that it cannot move a terminal's
    /// cursor, colour a log or begin a new line in it.
    package var printable: String {
        let scalars = unicodeScalars.map {
            $0.properties.generalCategory == .control && $0 != "\t" ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
