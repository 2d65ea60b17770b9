import Essentials
import CFFmpeg
import SpeechTypes

/// A demuxed recording, of which the packets of one audio stream are read.
struct Container: ~Copyable {
    /// The outcome of a read.
    enum Step { case packet, damaged, ended }

    /// The lowest rate of any codec (FLAC takes about 50 for silence).
    private static let minimumBytesPerSecond = 8.0
    /// Consecutive failed reads after which the rest of the file is given up.
    private static let maximumFailedReads = 100

    /// The audio's length by the header, if it states one and the file is large enough for it.
    private(set) var declaredDuration: Duration?
    /// The length of audio that the header states, if that is a count and not a timestamp.
    private(set) var promisedSound: Duration?
    /// The stream that is read.
    let stream: StreamInfo
    /// The streams that may contain the speech, the likeliest first.
    let candidates: [StreamInfo]
    /// The timestamp at which the recording begins, in seconds, if the header or the first packets have it.
    private(set) var timeOfBeginning: Double?
    /// Whether `FileLayout` already reports all damage that the demuxer finds in packets.
    var hasCheckedSize: Bool { context.hasCheckedSize }

    /// The packet read last.
    let packet: Packet

    private var context: FormatContext
    private var failedReads = 0
    private var timestamps: BelievedTimestamps
    /// The outcome of reading the first packet, if it was read to find the beginning.
    private var firstStep: Result<Step, AudioDecodeFailure>?

    /// Finds the format, reads the header and chooses the stream.
    ///
    /// - Parameters:
    ///   - recording: The bytes.
    ///   - index: The stream to read; `nil` for the likeliest.
    /// - Throws: `AudioDecodeFailure` if there is no audio stream, or no known format.
    init(of recording: Excerpt, stream index: Int? = nil) throws(AudioDecodeFailure) {
        var context = try FormatContext.open(recording)
        let promised = Dictionary(
            uniqueKeysWithValues: context.audioStreams.map { ($0.index, context.countedSound(of: $0)) })
        let declared = promised.values + [context.duration]
        if context.audioStreams.isEmpty || !context.audioStreams.allSatisfy(\.isComplete) { context.findStreamInfo() }
        if let error = context.readError { throw .unreadable(error) }
        let candidates = context.candidates()
        let stream = context.audioStreams.first { $0.index == index } ?? candidates.first
        guard let stream else { throw .noAudioStream }
        let packet = try Packet()
        timeOfBeginning = context.timeOfBeginning(for: stream)
        timestamps = BelievedTimestamps(format: context.format, codec: stream.codec)
        self.packet = packet
        self.stream = stream
        self.candidates = candidates
        self.context = context
        if timeOfBeginning == nil { readFirstPackets() }
        self.context.readOnly(stream)

        let beginning = timeOfBeginning
        let hasAnyClock = self.context.hasDiscontinuities
        if !hasAnyClock, !self.context.hasCheckedSize, let promised = promised[stream.index] ?? nil {
            promisedSound = Self.sound(until: promised, from: beginning, byAnyClock: false)
        }
        // A header can claim any length: use it only if the file is large enough.
        let bytesPerSecond = stream.bytesPerSecond ?? Self.minimumBytesPerSecond
        if let latest = declared.compactMap({ $0 }).max(),
            let sound = Self.sound(until: latest, from: beginning, byAnyClock: hasAnyClock),
            sound.inSeconds * bytesPerSecond <= Double(recording.size)
        {
            declaredDuration = sound
        }
    }

    /// The length of audio up to the timestamp at which it ends by the header.
    ///
    /// - Returns: `nil` if it is unknown: if the clock may begin at any number, as in Ogg, FFmpeg does not always count
    ///   from zero, and some headers state a length instead of an end.
    private static func sound(until end: Duration, from beginning: Double?, byAnyClock: Bool) -> Duration? {
        if byAnyClock { return beginning.map { $0 < AudioClock.restart } == true ? end : nil }
        let length = end - .seconds(clamped: beginning ?? 0)
        return length > .zero ? length : nil
    }

    /// Makes the decoder for the chosen stream.
    func makeDecoder() throws(AudioDecodeFailure) -> CodecContext {
        guard CodecContext.sampleRates.contains(stream.sampleRate) else { throw .sampleRate(stream.sampleRate) }
        guard stream.channels <= Resampler.maximumChannels else { throw .channelCount(stream.channels) }
        do {
            return try context.makeDecoder(for: stream)
        } catch {
            throw .codecNotAccepted(stream.codecName, error)
        }
    }

    /// Reads the next packet of the chosen stream.
    ///
    /// - Throws: `.unreadable` if the file system fails; damage in the file is a `Step` instead.
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
        packet.clear()
        let status = context.read(into: packet)
        if status >= 0 {
            failedReads = 0
            if packet.stream == stream.index, !timestamps.believes(packetAt: packet.position) {
                packet.forgetTimestamps()
            }
            return .packet
        }
        if let error = context.readError { throw .unreadable(error) }
        failedReads += 1
        return status == ffmpegEndOfFile || failedReads > Self.maximumFailedReads ? .ended : .damaged
    }
}
