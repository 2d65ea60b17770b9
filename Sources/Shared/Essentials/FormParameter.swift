extension String {
    /// The text as it stands between the quotes of a parameter of a form (WHATWG HTML, multipart/form-data).
    package var quotedForForm: String {
        // By scalars: for Swift, a line end of two scalars is one character.
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\"": text += "%22"
            case "\r": text += "%0D"
            case "\n": text += "%0A"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
