public import SpeechTypes

/// Decodes the audio of a file of any common format, a second at a time.
///
/// It finds the format from the content, not from the name, and never opens another file. Calls block. It holds one
/// chunk in memory, never the whole recording.
///
/// `@unchecked Sendable` is safe: the value cannot be copied, and its source is bound to no thread and is used only in
/// `mutating` calls, so the value's owner has exclusive access.
public struct AudioDecoder: ~Copyable, @unchecked Sendable {
    /// Shorter recordings are refused, in samples: some models crash on them.
    static let minimumSamples = AudioBuffer.sampleRate / 10
    /// The samples of a chunk; the last one may have fewer.
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
    ///   - name: The file's name in messages, such as the client's file name; shortened and cleaned here.
    ///   - limits: The limits.
    /// - Throws: `AudioError`: `.empty` for a file of no bytes, `.tooLong` if the container credibly declares a longer
    ///   duration, `.undecodable` if this is no audio file or in a format that is not accepted, `.unreadable` if the
    ///   file cannot be read.
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

    /// The recording's length by its header, if it states one and the file is large enough for it.
    public var declaredDuration: Duration? { source.declaredDuration }

    /// How many damaged packets have been skipped so far.
    public var damagedPackets: Int { source.damagedPackets }

    /// The next second of audio, or the rest.
    ///
    /// - Returns: `nil` at the end, and after an error.
    /// - Throws: `AudioError`: `.empty`, `.tooShort` or `.undecodable` before the first chunk, `.tooLong` when the
    ///   audio exceeds the limit, `.unreadable` if the file can no longer be read.
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
