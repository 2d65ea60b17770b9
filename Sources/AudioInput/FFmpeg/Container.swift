import CFFmpeg
import SpeechTypes

/// A recording taken apart into packets, of which only those of one audio stream are read.
struct Container: ~Copyable {
    /// What a read came to.
    enum Step { case packet, damaged, ended }

    /// No codec makes do with fewer (FLAC takes about 50 for silence).
    private static let minimumBytesPerSecond = 8.0
    /// Reads in a row that fail before the rest of the file is given up.
    private static let maximumFailedReads = 100

    /// How long the audio is by the header, if the header says so and the file has the bytes for it.
    let declaredDuration: Duration?

    /// How much sound the header promises, if it counts that and not timestamps.
    let promisedSound: Duration?
    /// What is read.
    let stream: StreamInfo
    /// The streams that may have the speech, the likeliest first.
    let candidates: [StreamInfo]
    /// See `FormatContext`.
    let timeOfBeginning: Double?

    private var context: FormatContext
    private var failedReads = 0

    /// Recognises the format, reads the header and chooses the stream.
    ///
    /// - Parameters:
    ///   - recording: The bytes.
    ///   - index: The stream to read; the likeliest if `nil`.
    /// - Throws: `Refusal` if there is no stream of sound, or not even a format.
    init(of recording: Excerpt, stream index: Int? = nil) throws(Refusal) {
        var context = try FormatContext.open(recording)
        // Before FFmpeg looks at packets: it then makes estimates from the bit rate, which nobody declared.
        let promised = Dictionary(uniqueKeysWithValues: context.audioStreams.map { ($0.index, $0.duration) })
        let declared = promised.values + [context.duration]
        if !context.audioStreams.contains(where: \.isComplete) { context.findStreamInfo() }
        if let error = context.readError { throw .unreadable(error) }
        let candidates = context.candidates()
        let stream = context.audioStreams.first { $0.index == index } ?? candidates.first
        guard let stream else { throw .noAudioStream }
        context.readOnly(stream)

        // A header can claim anything: only what the file has room for counts.
        let bytesPerSecond = stream.bytesPerSecond ?? Self.minimumBytesPerSecond
        declaredDuration = declared.compactMap { $0 }.max()
            .flatMap { $0.inSeconds * bytesPerSecond <= Double(recording.size) ? $0 : nil }
        promisedSound = context.hasDiscontinuities ? nil : promised[stream.index] ?? nil
        timeOfBeginning = context.timeOfBeginning
        self.stream = stream
        self.candidates = candidates
        self.context = context
    }

    /// Makes the decoder for the chosen stream.
    func makeDecoder() throws(Refusal) -> CodecContext {
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
    /// - Throws: `.unreadable` if the file system fails; damage in the file is a `Step`.
    mutating func read(into packet: borrowing Packet) throws(Refusal) -> Step {
        while true {
            packet.clear()
            let status = context.read(into: packet)
            if status >= 0 {
                failedReads = 0
                if packet.stream == stream.index { return .packet }
                continue
            }
            if let error = context.readError { throw .unreadable(error) }
            failedReads += 1
            return status == ffmpegEndOfFile || failedReads > Self.maximumFailedReads ? .ended : .damaged
        }
    }
}
