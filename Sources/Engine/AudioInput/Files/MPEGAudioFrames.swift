/// Parses the frames of an mp3, mp2 or mp1 file (ISO 11172-3, 2.4.2.3): FFmpeg skips bytes that are no frame, treats
/// tags as damage, and drops an incomplete last frame.
struct MPEGAudioFrames: ChainedStructure {
    private(set) var recordings: [Range<Int64>] = []
    private(set) var damage = 0

    private static let headSize = 4
    /// How many consecutive frames prove that an offset has audio: a single sync word occurs anywhere by chance.
    private static let proof = 3
    /// After this many bytes without a frame, the rest of the file is not searched.
    private static let longestSearch: Int64 = 1 << 20

    /// Parses all frames; `nil` for any other kind of file.
    init?(in file: InputFile) {
        var window = ByteWindow(of: file)
        var offset = ID3Tag.end(in: Excerpt(of: file))
        guard let format = Frame(at: offset, in: &window)?.format,
            Self.isSound(at: offset, in: &window, format: format)
        else { return nil }
        var start: Int64 = 0
        var end = offset
        defer { recordings.append(start..<end) }
        var tags = TagReader(in: file)
        var hasTags = false
        while offset < file.size {
            if let frame = Frame(at: offset, in: &window), frame.format == format {
                guard frame.size <= file.size - offset else {
                    damage += 1
                    return
                }
                // Audio after tags is another recording, as in concatenated files.
                if hasTags, recordings.count + 1 < FileLayout.maximumParts {
                    recordings.append(start..<end)
                    start = offset
                }
                hasTags = false
                offset += frame.size
                end = offset
            } else if let size = tags.size(at: offset, head: Array(window.read(at: offset, count: AudioTag.headSize))) {
                hasTags = true
                offset += size
            } else if let next = Self.nextSound(from: offset + 1, in: &window, format: format) {
                damage += 1
                offset = next
            } else {
                if !Self.isPadding(from: offset, in: &window) {
                    damage += 1
                    end = file.size
                }
                return
            }
        }
    }

    private static func nextSound(from start: Int64, in window: inout ByteWindow, format: Format) -> Int64? {
        var offset = start
        while let next = window.next([0xFF], from: offset), next - start < longestSearch {
            if isSound(at: next, in: &window, format: format) { return next }
            offset = next + 1
        }
        return nil
    }

    private static func isSound(at start: Int64, in window: inout ByteWindow, format: Format) -> Bool {
        var offset = start
        for _ in 0..<proof where offset < window.end {
            guard let frame = Frame(at: offset, in: &window), frame.format == format else {
                return offset > start && AudioTag.begins(Array(window.read(at: offset, count: AudioTag.headSize)))
            }
            offset += frame.size
        }
        return true
    }

    /// Whether only zeros follow.
    private static func isPadding(from start: Int64, in window: inout ByteWindow) -> Bool {
        var offset = start
        while offset < window.end {
            let bytes = window.read(at: offset, count: 4096)
            guard !bytes.isEmpty, bytes.allSatisfy({ $0 == 0 }) else { return false }
            offset += Int64(bytes.count)
        }
        return true
    }

    private struct Format: Equatable {
        let layer: Int
    }

    private struct Frame {
        let format: Format
        let size: Int64

        init?(at offset: Int64, in window: inout ByteWindow) {
            let head = Array(window.read(at: offset, count: MPEGAudioFrames.headSize))
            guard head.count == MPEGAudioFrames.headSize, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 else { return nil }
            let (version, layer) = (Int(head[1] >> 3 & 3), 4 - Int(head[1] >> 1 & 3))
            let (rateIndex, frequency) = (Int(head[2] >> 4), Int(head[2] >> 2 & 3))
            guard version != 1, layer != 4, frequency != 3, (1...14).contains(rateIndex) else { return nil }
            let isFirst = version == 3
            let rate = [44_100, 48_000, 32_000][frequency] >> (isFirst ? 0 : version == 2 ? 1 : 2)
            let kilobits = Self.bitRates[isFirst ? layer - 1 : layer == 1 ? 3 : 4][rateIndex - 1]
            let padding = Int(head[2] >> 1 & 1)
            size =
                layer == 1
                ? Int64((12_000 * kilobits / rate + padding) * 4)
                : Int64((layer == 3 && !isFirst ? 72_000 : 144_000) * kilobits / rate + padding)
            format = Format(layer: layer)
        }

        /// By version and layer: version 1 layers I, II and III; version 2 layer I; version 2 layers II and III.
        private static let bitRates = [
            [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
            [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
            [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
            [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
            [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        ]
    }
}
