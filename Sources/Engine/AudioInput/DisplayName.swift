/// A client's file name, made safe for messages and logs: one line, no control or invisible characters, limited length.
struct DisplayName: CustomStringConvertible, Equatable {
    static let maximumLength = 100

    let description: String

    init(_ name: String) {
        var text = String.UnicodeScalarView()
        for scalar in name.unicodeScalars.prefix(Self.maximumLength) {
            text.append(Self.isPrintable(scalar) ? scalar : "?")
        }
        if name.unicodeScalars.count > Self.maximumLength { text.append("…") }
        description = text.isEmpty ? "audio" : String(text)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
