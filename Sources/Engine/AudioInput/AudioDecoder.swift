public import SpeechTypes

/// Reads the sound of a file of any common format, a second at a time.
///
/// The format is found from the content, never from the name, and the file cannot make the decoder open another one.
/// Calls block. One chunk is in memory at a time, never the whole recording.
///
/// `Sendable` although unchecked is sound: there are no copies, the source inside is tied to no thread and is worked with
/// only in `mutating` calls, so whoever holds the value is alone with it.
public struct AudioDecoder: ~Copyable, @unchecked Sendable {
    /// Recordings with fewer samples are refused: some models crash on them.
    static let minimumSamples = AudioBuffer.sampleRate / 10
    /// How many samples a chunk has; the last one may have fewer.
    static let chunkLength = AudioBuffer.sampleRate

    /// How many samples `next` has returned so far.
    public private(set) var samplesRead = 0

    private let name: DisplayName
    private let limits: AudioLimits
    private let source: any AudioSource
    private var pending: [Float] = []
    private var isAtEnd = false

    /// Opens a file and finds its audio stream.
    ///
    /// - Parameters:
    ///   - path: A regular file.
    ///   - name: What messages call the file, such as the client's file name; shortened and cleaned here.
    ///   - limits: What is refused.
    /// - Throws: `AudioError`: `.empty` for a file of no bytes, `.tooLong` if the container credibly declares too long
    ///   a duration, `.undecodable` if this is no audio file or one in a form that is not accepted.
    public init(path: String, name: String, limits: AudioLimits = AudioLimits()) throws(AudioError) {
        let name = DisplayName(name)
        do throws(AudioDecodeFailure) {
            source = try Self.open(path, limits)
        } catch {
            throw AudioError(error, name: name)
        }
        self.name = name
        self.limits = limits
    }

    private static func open(_ path: String, _ limits: AudioLimits) throws(AudioDecodeFailure) -> any AudioSource {
        let file = try InputFile(path: path)
        guard file.size > 0 else { throw .empty }
        let source: any AudioSource
        if let plain = PlainWAV(file) {
            source = plain
        } else {
            source = try FileSource(file, longest: limits.maximumDuration.inSeconds)
        }
        if let declared = source.declaredDuration, declared > limits.maximumDuration {
            throw .tooLong(declared: declared, limit: limits.maximumDuration)
        }
        return source
    }

    /// How long the recording is by its header, if that says so and the file has the bytes for it.
    public var declaredDuration: Duration? { source.declaredDuration }

    /// How many damaged packets were skipped so far.
    public var damagedPackets: Int { source.damagedPackets }

    /// The next second of sound, or what is left of it.
    ///
    /// - Returns: `nil` at the end, and ever after an error.
    /// - Throws: `AudioError`: `.empty`, `.tooShort` or `.undecodable` before the first chunk, `.tooLong` when the sound
    ///   passes the limit, `.unreadable` when the file can no longer be read.
    public mutating func next() throws(AudioError) -> AudioBuffer? {
        do throws(AudioDecodeFailure) {
            while pending.count < Self.chunkLength, !isAtEnd { try decodeMore() }
        } catch {
            isAtEnd = true
            pending = []
            throw AudioError(error, name: name)
        }
        guard !pending.isEmpty else { return nil }
        let chunk = AudioBuffer(samples: Array(pending.prefix(Self.chunkLength)))
        pending.removeFirst(chunk.samples.count)
        samplesRead += chunk.samples.count
        return chunk
    }

    private mutating func decodeMore() throws(AudioDecodeFailure) {
        isAtEnd = try !source.decode(into: &pending)
        let total = samplesRead + pending.count
        if Duration(samples: total) > limits.maximumDuration {
            throw .tooLong(declared: nil, limit: limits.maximumDuration)
        }
        guard isAtEnd, total < Self.minimumSamples else { return }
        if total > 0 { throw .tooShort(Duration(samples: total)) }
        throw damagedPackets > 0 ? .nothingDecodes(damagedPackets: damagedPackets) : .empty
    }
}
