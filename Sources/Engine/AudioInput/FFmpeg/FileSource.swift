import SpeechTypes

/// A file decoded by FFmpeg: the recordings in it, one after the other.
final class FileSource: AudioSource {
    /// A track whose peak is lower counts as silent: −54 dBFS.
    private static let quietest: Float = 1 / 512
    /// How much of a track is decoded before it counts as silent, in samples.
    private static let longestLook = 600 * AudioBuffer.sampleRate

    /// The length of the recording; `nil` if the file has several, since only the first is open.
    let declaredDuration: Duration?

    private var rest: ArraySlice<Excerpt>
    private var current: FFmpegSource
    private var damage: Int
    private let longest: Double
    private var position = 0.0

    /// Opens a file. Gaps are filled with silence up to a length of `longest` seconds.
    init(_ file: InputFile, longest: Double = .infinity) throws(AudioDecodeFailure) {
        let layout = FileLayout(of: file)
        damage = layout.damage
        self.longest = longest
        rest = layout.parts[...]
        var first: AudioDecodeFailure?
        while let part = rest.popFirst() {
            do throws(AudioDecodeFailure) {
                current = try Self.open(part, longest: longest)
                declaredDuration = rest.isEmpty ? current.declaredDuration : nil
                return
            } catch {
                first = first ?? error
                damage += 1
            }
        }
        throw first ?? .unknownFormat
    }

    var damagedPackets: Int { damage + current.damagedPackets }

    func decode(into samples: inout [Float]) throws(AudioDecodeFailure) -> Bool {
        if try current.decode(into: &samples) { return true }
        // Do not count damage again that the file's structure or a packet has shown.
        if damagedPackets == 0, current.isCut { damage += 1 }
        while let part = rest.popFirst() {
            let heard = (position: position + current.position, damage: current.damagedPackets)
            do throws(AudioDecodeFailure) {
                current = try Self.open(part, longest: longest - heard.position)
                position = heard.position
                damage += heard.damage
                return true
            } catch {
                damage += 1
            }
        }
        return false
    }

    /// Opens a recording at the track to recognise: the first that is not silent, if several may contain the speech.
    private static func open(_ recording: Excerpt, longest: Double) throws(AudioDecodeFailure) -> FFmpegSource {
        let source = try FFmpegSource(recording, longest: longest)
        guard source.candidates.count > 1 else { return source }
        for index in source.candidates {
            func track() throws(AudioDecodeFailure) -> FFmpegSource {
                try FFmpegSource(recording.again(), stream: index, longest: longest)
            }
            if let trial = try? track(), hasSound(trial) { return try track() }
        }
        return source
    }

    private static func hasSound(_ track: FFmpegSource) -> Bool {
        var count = 0
        var samples: [Float] = []
        while count < longestLook, (try? track.decode(into: &samples)) == true {
            if samples.contains(where: { abs($0) >= quietest }) { return true }
            count += samples.count
            samples.removeAll(keepingCapacity: true)
        }
        return samples.contains { abs($0) >= quietest }
    }
}
