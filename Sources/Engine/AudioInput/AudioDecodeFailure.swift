import Essentials
import SpeechTypes

/// Why a file is refused: a code, and what to say before and after the file's name, which `TranscriptionError` adds.
struct AudioDecodeFailure: Error {
    let code: TranscriptionError.Code
    let start: String
    let rest: String

    private init(_ code: TranscriptionError.Code, _ start: String, _ rest: String) {
        (self.code, self.start, self.rest) = (code, start, rest)
    }

    static func unreadable(_ cause: FFmpegError) -> Self {
        Self(.audioUnreadable, "Cannot read ", ": \(cause). Send the file again.")
    }

    static func undecodable(_ reason: String, _ advice: String = "Send wav, mp3, flac, ogg, m4a or webm.") -> Self {
        Self(.audioUndecodable, "Cannot decode ", ": \(reason). \(advice)")
    }

    static let unknownFormat = undecodable("FFmpeg finds no audio format in it")
    static let outOfMemory = undecodable("FFmpeg got no memory", "Send a smaller file.")
    static let empty = Self(.audioEmpty, "There is no sound in ", ". Send a file with at least 0.1 s of audio.")

    static func nothingDecodes(damagedPackets: Int) -> Self {
        undecodable("it has \(HumanFormat.count(damagedPackets, "audio packet")), none of which can be decoded")
    }

    static func tooShort(_ duration: Duration) -> Self {
        let reason = "lasts \(HumanFormat.time(duration)), which is too short to recognise"
        return Self(.audioTooShort, "", " \(reason). Send at least 0.1 s of audio.")
    }

    static func tooLong(declared: Duration?, limit: Duration) -> Self {
        let longest = HumanFormat.time(limit)
        let length = declared.map(HumanFormat.time).flatMap { $0 == longest ? nil : "lasts \($0)" }
        let rule = "The limit is \(longest); cut the file into shorter ones."
        return Self(.audioTooLong, "", " \(length ?? "goes on for longer"). \(rule)")
    }
}

extension TranscriptionError {
    /// The error for a file that its client calls `name`.
    init(_ failure: AudioDecodeFailure, of name: String) {
        self.init(failure.code, "\(failure.start)'\(name.asDisplayName)'\(failure.rest)")
    }
}

extension String {
    /// A client's file name, made safe for messages and logs: one line of at most 100 characters, none of them a
    /// control or invisible character.
    fileprivate var asDisplayName: String {
        let longest = 100
        var text = UnicodeScalarView()
        for scalar in unicodeScalars.prefix(longest) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                text.append("?")
            default: text.append(scalar)
            }
        }
        if unicodeScalars.count > longest { text.append("…") }
        return text.isEmpty ? "audio" : String(text)
    }
}
