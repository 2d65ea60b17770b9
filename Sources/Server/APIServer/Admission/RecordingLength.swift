import Essentials

/// A format of recordings, as far as it says how many bytes a second of sound takes. Only the engine knows more.
enum RecordingFormat: Sendable, CaseIterable {
    /// Samples without a header.
    case pcm
    case wav, flac, mp3, mp4, ogg, webm, other

    /// The format that the name of a file suggests.
    init(fileName: String) {
        let ending = fileName.lastIndex(of: ".").map { fileName[$0...].dropFirst().lowercased() }
        self =
            switch ending {
            case "wav", "wave": .wav
            case "flac": .flac
            case "mp3", "mpga", "mpeg": .mp3
            case "m4a", "mp4", "aac", "mov": .mp4
            case "ogg", "oga", "opus": .ogg
            case "webm", "mka", "mkv": .webm
            default: .other
            }
    }

    /// A usual number of bytes for a second of speech: 16-bit samples at 16 kHz, the same in FLAC, 128 kbit/s, and Opus
    /// at 32 kbit/s.
    fileprivate var usualRate: Double {
        switch self {
        case .pcm, .wav: 32_000
        case .flac, .mp3, .mp4, .other: 16_000
        case .ogg, .webm: 4_000
        }
    }
}

/// How long the recordings of a model are, by their sizes: at first by a guess, then as the latest ones of their format
/// were. Does no I/O.
struct RecordingLengths: Sendable {
    private struct Rate {
        var bytes: Double
        var seconds: Double
    }

    private var rates: [RecordingFormat: Rate] = [:]

    /// After this much further sound, in seconds, a recording counts half.
    private static let halfLife = 600.0
    /// The guess counts like this much sound, in seconds.
    private static let guessed = 10.0
    /// The fewest bytes a second that are believed: fewer than any codec for speech takes. A file of silence may have
    /// less, and must not make the next files seem to be days long.
    private static let leastRate = 250.0
    /// The longest estimate, in seconds.
    private static let longest = 86_400.0

    /// Adds a recording whose length, in seconds, is known now.
    mutating func add(_ bytes: Int, _ format: RecordingFormat, lasting seconds: Double) {
        var rate = rate(of: format)
        let rest = exp2(-max(0, seconds) / Self.halfLife)
        rate.bytes = rate.bytes * rest + Double(bytes)
        rate.seconds = rate.seconds * rest + max(0, seconds)
        rates[format] = rate
    }

    /// The likely length of a recording, in seconds; at most a day.
    func estimate(of bytes: Int, _ format: RecordingFormat) -> Double {
        let rate = rate(of: format)
        let bytesPerSecond = max(Self.leastRate, rate.bytes / max(rate.seconds, 0.001))
        return min(Double(bytes) / bytesPerSecond, Self.longest)
    }

    private func rate(of format: RecordingFormat) -> Rate {
        rates[format] ?? Rate(bytes: Self.guessed * format.usualRate, seconds: Self.guessed)
    }
}
