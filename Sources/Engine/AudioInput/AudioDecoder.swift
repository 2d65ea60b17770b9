package import SpeechTypes

/// Decodes the audio of a file of any common format, a second at a time. Finds the format from the content, and never
/// opens another file. Calls block.
///
/// `@unchecked Sendable` is safe: the value cannot be copied, and its source is bound to no thread and is used only in
/// `mutating` calls, so the value's owner has exclusive access.
package struct AudioDecoder: ~Copyable, @unchecked Sendable {
    /// Shorter recordings are refused, in samples: some models crash on them.
    private static let minimumSamples = AudioBuffer.sampleRate / 10

    private let name: String
    private let maximumDuration: Duration
    private let source: any AudioSource
    private var samplesRead = 0
    private var pending: [Float] = []
    private var isAtEnd = false

    /// Opens a regular file and finds its audio stream. Messages use `name`, such as the client's file name, cleaned and
    /// shortened. Longer recordings are refused: here if the container credibly declares their length, else by `next`.
    /// With `isRawPCM`, the file has only samples, whatever they look like (`TranscriptionJob`).
    package init(
        path: String, name: String, isRawPCM: Bool = false, maximumDuration: Duration = .seconds(6 * 3600)
    ) throws(TranscriptionError) {
        do throws(AudioDecodeFailure) {
            source = try Self.open(path, isRawPCM: isRawPCM, maximumDuration)
        } catch {
            throw TranscriptionError(error, of: name)
        }
        self.name = name
        self.maximumDuration = maximumDuration
    }

    private static func open(
        _ path: String, isRawPCM: Bool, _ longest: Duration
    ) throws(AudioDecodeFailure) -> any AudioSource {
        let file = try InputFile(path: path)
        guard file.size > 0 else { throw .empty }
        let source: any AudioSource =
            if isRawPCM {
                PlainWAV.headerless(file)
            } else if let plain = PlainWAV(file) {
                plain
            } else {
                try FileSource(file, longest: longest.inSeconds)
            }
        if let declared = source.declaredDuration, declared > longest {
            throw .tooLong(declared: declared, limit: longest)
        }
        return source
    }

    /// The recording's length by its header, if it states one and the file is large enough for it.
    package var declaredDuration: Duration? { source.declaredDuration }

    /// How many damaged packets have been skipped so far.
    package var damagedPackets: Int { source.damagedPackets }

    /// The next second of audio, or the rest; `nil` at the end, and after an error.
    package mutating func next() throws(TranscriptionError) -> AudioBuffer? {
        do throws(AudioDecodeFailure) {
            while pending.count < AudioBuffer.sampleRate, !isAtEnd { try decodeMore() }
        } catch {
            isAtEnd = true
            pending = []
            throw TranscriptionError(error, of: name)
        }
        guard !pending.isEmpty else { return nil }
        let chunk = AudioBuffer(samples: Array(pending.prefix(AudioBuffer.sampleRate)))
        pending.removeFirst(chunk.samples.count)
        samplesRead += chunk.samples.count
        return chunk
    }

    private mutating func decodeMore() throws(AudioDecodeFailure) {
        isAtEnd = try !source.decode(into: &pending)
        let total = samplesRead + pending.count
        if Duration(samples: total) > maximumDuration { throw .tooLong(declared: nil, limit: maximumDuration) }
        guard isAtEnd, total < Self.minimumSamples else { return }
        if total > 0 { throw .tooShort(Duration(samples: total)) }
        throw damagedPackets > 0 ? .nothingDecodes(damagedPackets: damagedPackets) : .empty
    }
}

/// Decodes a file to mono samples at 16 kHz.
protocol AudioSource: AnyObject {
    var declaredDuration: Duration? { get }
    var damagedPackets: Int { get }
    /// Appends some of the next samples, possibly none, and returns whether there may be more.
    func decode(into samples: inout [Float]) throws(AudioDecodeFailure) -> Bool
}
