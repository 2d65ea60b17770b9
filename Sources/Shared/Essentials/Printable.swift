extension String {
    /// The text without characters that would move a terminal's cursor, colour a log or begin a line in it: U+FFFD stands
    /// for each control character but the tab.
    public var printable: String {
        let scalars = unicodeScalars.map {
            $0.properties.generalCategory == .control && $0 != "\t" ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
