import Essentials

/// Tells by their names which files of a folder are recordings. Files are not opened for that.
enum RecordingName {
    /// The usual extensions of the formats that the server reads (SECURITY.md, "formats").
    static let extensions: Set<String> = [
        "wav", "wave", "bwf", "rf64", "w64", "aif", "aiff", "aifc", "au", "snd", "caf", "voc", "sph", "nist",  //
        "flac", "wv", "tta", "mp1", "mp2", "mp3", "mpga", "aac", "adts", "ac3", "eac3", "ec3", "amr", "awb",  //
        "ogg", "oga", "ogv", "ogx", "opus", "spx", "mka", "mkv", "webm", "weba",  //
        "mp4", "m4a", "m4b", "m4p", "m4r", "m4v", "f4a", "f4v", "mov", "qt", "3gp", "3gpp", "3ga", "3g2",  //
        "asf", "wma", "wmv", "avi", "divx", "mpg", "mpeg", "mpe", "vob", "ts", "mts", "m2ts", "m2t",
    ]

    /// Whether a file with this name is taken as a recording if it is found in a folder. Letters count in either case.
    static func isRecording(_ name: String) -> Bool {
        guard !isHidden(name), let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return extensions.contains(String(name.unicodeScalars[name.utf8.index(after: dot)...]).lowercased())
    }

    /// Whether a file or folder with this name is passed over. Our own files beside results have such names.
    static func isHidden(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: ".") }
}
