import SpeechTypes

/// A file that FFmpeg reads: the recordings in it, one after the other.
final class FileSource: AudioSource {
    /// A track in which nothing is louder has no sound: −54 dBFS.
    private static let quietest: Float = 1 / 512
    /// How much of a track is listened to before it is taken for silent, in samples.
    private static let longestLook = 600 * AudioBuffer.sampleRate

    /// Of the first recording; those that follow are not known before they come.
    let declaredDuration: Duration?

    private var rest: ArraySlice<Excerpt>
    private var current: FFmpegSource
    private var damage: Int
    private let longest: Double
    private var position = 0.0

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - file: The bytes.
    ///   - longest: How many seconds the recording may become by silence that is made.
    /// - Throws: `AudioDecodeFailure` if not one of the recordings can be opened.
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
        // What the file's structure or a packet has shown already is not told twice.
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

    /// Opens a recording at the track to recognise: of several that may have the speech, the first with sound.
    private static func open(_ recording: Excerpt, longest: Double) throws(AudioDecodeFailure) -> FFmpegSource {
        let source = try FFmpegSource(recording, longest: longest)
        guard source.candidates.count > 1 else { return source }
        for index in source.candidates {
            guard let track = try? FFmpegSource(recording.again(), stream: index, longest: longest), hasSound(track)
            else {
                continue
            }
            return try FFmpegSource(recording.again(), stream: index, longest: longest)
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
