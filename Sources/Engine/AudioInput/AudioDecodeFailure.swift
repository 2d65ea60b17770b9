import Essentials
import SpeechTypes

/// The reasons to refuse a file, without its name; `AudioError` adds that.
enum AudioDecodeFailure: Error {
    case unreadable(FFmpegError)
    case unknownFormat
    case formatNotAccepted(String)
    case damagedHeader(format: String, FFmpegError)
    case noAudioStream
    case codecNotAccepted(String, FFmpegError)
    case sampleRate(Int)
    case channelCount(Int)
    case outOfMemory
    case nothingDecodes(damagedPackets: Int)
    case empty
    case tooShort(Duration)
    case tooLong(declared: Duration?, limit: Duration)
}

extension AudioError {
    private static let advice = "Send wav, mp3, flac, ogg, m4a or webm."

    init(_ refusal: AudioDecodeFailure, name: DisplayName) {
        let advice = Self.advice
        switch refusal {
        case .unreadable(let cause):
            self.init(.unreadable, "Cannot read '\(name)': \(cause). Send the file again.", cause: cause)
        case .unknownFormat:
            self.init(.undecodable, "Cannot decode '\(name)': FFmpeg finds no audio format in it. \(advice)")
        case .formatNotAccepted(let format):
            let what = "FFmpeg takes it for '\(format)', which is not accepted"
            self.init(.undecodable, "Cannot decode '\(name)': \(what). \(advice)")
        case .damagedHeader(let format, let cause):
            let what = "its \(format) header is damaged or cut off"
            self.init(.undecodable, "Cannot decode '\(name)': \(what). \(advice)", cause: cause)
        case .noAudioStream:
            self.init(.undecodable, "Cannot decode '\(name)': it has no audio stream. Send a file with sound.")
        case .codecNotAccepted(let codec, let cause):
            let what = "the codec '\(codec)' is not accepted, or its set-up is damaged"
            self.init(.undecodable, "Cannot decode '\(name)': \(what). \(advice)", cause: cause)
        case .sampleRate(let rate):
            let range = CodecContext.sampleRates
            let what = "its sample rate is \(rate) Hz"
            let rule = "Send \(range.lowerBound) to \(range.upperBound) Hz; 16000 Hz is best."
            self.init(.undecodable, "Cannot decode '\(name)': \(what). \(rule)")
        case .channelCount(let count):
            let rule = "Send at most \(Resampler.maximumChannels); one is best."
            self.init(.undecodable, "Cannot decode '\(name)': it has \(count) channels. \(rule)")
        case .outOfMemory:
            self.init(.undecodable, "Cannot decode '\(name)': FFmpeg got no memory. Send a smaller file.")
        case .nothingDecodes(let count):
            let what = "it has \(HumanFormat.count(count, "audio packet")), none of which can be decoded"
            self.init(.undecodable, "Cannot decode '\(name)': \(what). \(advice)")
        case .empty:
            self.init(.empty, "There is no sound in '\(name)'. Send a file with at least 0.1 s of audio.")
        case .tooShort(let duration):
            let what = "'\(name)' lasts \(HumanFormat.time(duration))"
            self.init(.tooShort, "\(what), which is too short to recognise. Send at least 0.1 s of audio.")
        case .tooLong(let declared, let limit):
            let longest = HumanFormat.time(limit)
            let length = declared.map(HumanFormat.time).flatMap { $0 == longest ? nil : $0 }
            let what = length.map { "lasts \($0)" } ?? "goes on for longer"
            let rule = "The limit is \(longest); cut the file into shorter ones."
            self.init(.tooLong, "'\(name)' \(what). \(rule)")
        }
    }
}
