import Essentials
import CFFmpeg
import SpeechTypes

/// A demuxed recording, of which the packets of one audio stream are read.
struct Container: ~Copyable {
    enum Step { case packet, damaged, ended }

    /// The lowest rate of any codec (FLAC takes about 50 for silence).
    private static let minimumBytesPerSecond = 8.0
    /// After more consecutive failed reads, the rest of the file is given up.
    private static let maximumFailedReads = 100

    /// The audio's length by the header, if it states one and the file is large enough for it.
    private(set) var declaredDuration: Duration?
    /// The length of audio that the header states, if that is a count and not a timestamp.
    private(set) var countedAudio: Duration?
    let stream: StreamInfo
    /// The streams that may contain the speech, the likeliest first.
    let candidates: [StreamInfo]
    /// The timestamp at which the recording begins, in seconds, if the header or the first packets have it.
    private(set) var timeOfBeginning: Double?
    /// Whether `FileLayout` compares the stated size of the audio with the file's size, and so already reports all
    /// damage that the demuxer finds in packets.
    let hasCheckedSize: Bool

    /// The packet read last.
    let packet: Packet

    private var context: FormatContext
    private var failedReads = 0
    private var timestamps: BelievedTimestamps
    /// The outcome of reading the first packet, if it was read to find the beginning.
    private var firstStep: Result<Step, AudioDecodeFailure>?

    /// Finds the format, reads the header and chooses the stream: the one with this index, or the likeliest.
    init(of recording: Excerpt, stream index: Int? = nil) throws(AudioDecodeFailure) {
        var context = try FormatContext.open(recording)
        let counted = Dictionary(
            uniqueKeysWithValues: context.audioStreams.map { ($0.index, context.countedAudio(of: $0)) })
        let wholeFile = Duration(
            ffmpegTime: context.pointer.pointee.duration, in: AVRational(num: 1, den: AV_TIME_BASE))
        let declared = counted.values + [wholeFile]
        if context.audioStreams.isEmpty || !context.audioStreams.allSatisfy(\.isComplete) { context.findStreamInfo() }
        if let error = context.readError { throw .unreadable(error) }
        let candidates = context.candidates()
        let stream = context.audioStreams.first { $0.index == index } ?? candidates.first
        guard let stream else { throw .undecodable("it has no audio stream", "Send a file with sound.") }
        packet = try Packet()
        timeOfBeginning = context.timeOfBeginning(for: stream)
        timestamps = BelievedTimestamps(format: context.format, codec: stream.codec)
        hasCheckedSize = ["wav", "aiff", "au", "caf"].contains(context.format)
        self.stream = stream
        self.candidates = candidates
        self.context = context
        if timeOfBeginning == nil { readFirstPackets() }
        for other in self.context.streams where Int(other.pointee.index) != stream.index {
            other.pointee.discard = AVDISCARD_ALL
        }

        let beginning = timeOfBeginning
        let hasAnyClock = self.context.hasDiscontinuities
        if !hasAnyClock, !hasCheckedSize, let end = counted[stream.index] ?? nil {
            countedAudio = Self.length(until: end, from: beginning, byAnyClock: false)
        }
        // A header can claim any length: use it only if the file is large enough.
        let bytesPerSecond = stream.bytesPerSecond ?? Self.minimumBytesPerSecond
        if let latest = declared.compactMap({ $0 }).max(),
            let length = Self.length(until: latest, from: beginning, byAnyClock: hasAnyClock),
            length.inSeconds * bytesPerSecond <= Double(recording.size)
        {
            declaredDuration = length
        }
    }

    /// The length of audio up to the timestamp at which it ends by the header; `nil` if it is unknown: if the clock may
    /// begin at any number, as in Ogg, FFmpeg does not always count from zero, and some headers state a length instead.
    private static func length(until end: Duration, from beginning: Double?, byAnyClock: Bool) -> Duration? {
        if byAnyClock { return beginning.map { $0 < AudioClock.restart } == true ? end : nil }
        let length = end - .seconds(clamped: beginning ?? 0)
        return length > .zero ? length : nil
    }

    func makeDecoder() throws(AudioDecodeFailure) -> CodecContext {
        let (rate, rates, channels) = (stream.sampleRate, CodecContext.sampleRates, stream.channels)
        guard rates.contains(rate) else {
            throw .undecodable(
                "its sample rate is \(rate) Hz", "Send \(rates.lowerBound) to \(rates.upperBound) Hz; 16000 Hz is best."
            )
        }
        guard channels <= Resampler.maximumChannels else {
            let rule = "Send at most \(Resampler.maximumChannels); one is best."
            throw .undecodable("it has \(channels) channels", rule)
        }
        do {
            return try CodecContext.open(for: context.streams[stream.index].pointee)
        } catch {
            throw .undecodable("the codec '\(stream.codecName)' is not accepted, or its set-up is damaged")
        }
    }

    /// Reads the next packet of the chosen stream; throws only if the file system fails.
    mutating func read() throws(AudioDecodeFailure) -> Step {
        if let step = firstStep.take() { return try step.get() }
        while true {
            let step = try readAny()
            if step != .packet || packet.stream == stream.index { return step }
        }
    }

    /// Finds the beginning from the packets up to the first of the chosen stream; pictures may precede it.
    private mutating func readFirstPackets() {
        while firstStep == nil {
            let step = Result { () throws(AudioDecodeFailure) in try readAny() }
            let isPacket = if case .success(.packet) = step { true } else { false }
            if isPacket, let start = context.start(of: packet) {
                timeOfBeginning = min(timeOfBeginning ?? .infinity, start)
            }
            if !isPacket || packet.stream == stream.index { firstStep = step }
        }
    }

    private mutating func readAny() throws(AudioDecodeFailure) -> Step {
        av_packet_unref(packet.pointer)
        let status = av_read_frame(context.pointer, packet.pointer)
        if status >= 0 {
            failedReads = 0
            if packet.stream == stream.index, !timestamps.believes(packetAt: packet.pointer.pointee.pos) {
                packet.forgetTimestamps()
            }
            return .packet
        }
        if let error = context.readError { throw .unreadable(error) }
        failedReads += 1
        return status == ffmpegEndOfFile || failedReads > Self.maximumFailedReads ? .ended : .damaged
    }
}
