import Essentials

/// The values of an entry's `download:`.
extension FieldReader {
    mutating func downloadURL() -> URL? {
        let example = "https://host/path/model.tar.bz2"
        guard let text = nonemptyText("url", orElse: "write url: \(example)") else { return nil }
        guard let url = URL(httpAddress: text) else {
            // The text is not repeated, because it may contain a password.
            note(
                "'url' is no http or https address, or has a port above 65535; write one such as \(example).",
                at: lineOf("url"))
            return nil
        }
        return url
    }

    mutating func archiveSubdir() -> String? {
        guard let text = text("archive_subdir"), !text.isEmpty else { return nil }
        guard let path = RelativePath(text) else {
            note("'archive_subdir' must be a folder inside the archive, not '\(text)'.", at: lineOf("archive_subdir"))
            return nil
        }
        return path.text
    }

    mutating func sha256() -> String? {
        guard let text = text("sha256"), !text.isEmpty else { return nil }
        guard text.utf8.count == 64, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            note("'sha256' must be 64 hexadecimal digits, as sha256sum prints them.", at: lineOf("sha256"))
            return nil
        }
        return text.lowercased()
    }
}
