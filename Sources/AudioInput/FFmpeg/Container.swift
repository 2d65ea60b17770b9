import CFFmpeg
import SpeechTypes

/// An audio file taken apart into packets, of which only those of its best audio stream are read.
struct Container: ~Copyable {
    /// What a read came to.
    enum Step { case packet, damaged, ended }

    /// Bytes of packets looked at when the header does not tell the sample rate, as in mp3 and raw AAC.
    private static let streamProbeSize: Int64 = 128 * 1024
    /// No codec makes do with fewer (FLAC takes about 50 for silence).
    private static let minimumBytesPerSecond = 8.0
    /// Reads in a row that fail before the rest of the file is given up.
    private static let maximumFailedReads = 100

    /// How long the audio is by the header, if the header says so and the file has the bytes for it.
    let declaredDuration: Duration?

    private var context: FormatContext
    private let stream: StreamInfo
    private var failedReads = 0

    /// Recognises the format, reads the header and chooses the stream.
    init(of file: InputFile) throws(Refusal) {
        var context = try FormatContext.open(file)
        // Before FFmpeg looks at packets: it then makes estimates from the bit rate, which nobody declared.
        let declared = (context.audioStreams.map(\.duration) + [context.duration]).compactMap { $0 }.max()
        if !context.audioStreams.contains(where: \.isComplete) {
            context.findStreamInfo(readingAtMost: Self.streamProbeSize)
        }
        if let error = context.readError { throw .unreadable(error) }
        guard let stream = context.bestAudioStream() else { throw .noAudioStream }
        context.readOnly(stream)

        // A header can claim anything: only what the file has room for counts.
        let bytesPerSecond = stream.bytesPerSecond ?? Self.minimumBytesPerSecond
        declaredDuration = declared.flatMap { $0.inSeconds * bytesPerSecond <= Double(file.size) ? $0 : nil }
        self.stream = stream
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
