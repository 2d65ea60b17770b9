/// Parses the frames of an mp3, mp2 or mp1 file (ISO 11172-3, 2.4.2.3): FFmpeg skips bytes that are no frame, treats
/// tags as damage, and drops an incomplete last frame.
struct MPEGAudioFrames {
    private(set) var recordings: [Range<Int64>] = []
    private(set) var damage = 0

    private static let headSize = 4
    /// How many consecutive frames prove that an offset has audio: a single sync word occurs anywhere by chance.
    private static let proof = 3
    /// After this many bytes without a frame, the rest of the file is not searched.
    private static let longestSearch: Int64 = 1 << 20

    /// Parses all frames; `nil` for any other kind of file.
    init?(in file: InputFile) {
        var offset = ID3Tag.end(in: Excerpt(of: file, 0..<file.size))
        guard let layer = Frame(at: offset, in: file)?.layer, Self.isAudio(at: offset, in: file, layer: layer)
        else { return nil }
        var start: Int64 = 0
        var end = offset
        defer { recordings.append(start..<end) }
        var tags = TagReader(in: file)
        var hasTags = false
        while offset < file.size {
            if let frame = Frame(at: offset, in: file), frame.layer == layer {
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
            } else if let size = tags.size(at: offset, head: Array(file.peek(at: offset, count: AudioTag.headSize))) {
                hasTags = true
                offset += size
            } else if let next = Self.nextAudio(from: offset + 1, in: file, layer: layer) {
                damage += 1
                offset = next
            } else {
                if Trailer.startOfZeros(before: file.size, in: file) > offset {
                    damage += 1
                    end = file.size
                }
                return
            }
        }
    }

    private static func nextAudio(from start: Int64, in file: InputFile, layer: Int) -> Int64? {
        var offset = start
        while let next = file.next([0xFF], from: offset), next - start < longestSearch {
            if isAudio(at: next, in: file, layer: layer) { return next }
            offset = next + 1
        }
        return nil
    }

    private static func isAudio(at start: Int64, in file: InputFile, layer: Int) -> Bool {
        var offset = start
        for _ in 0..<proof where offset < file.size {
            guard let frame = Frame(at: offset, in: file), frame.layer == layer else {
                return offset > start && AudioTag.begins(Array(file.peek(at: offset, count: AudioTag.headSize)))
            }
            offset += frame.size
        }
        return true
    }

    private struct Frame {
        let layer: Int
        let size: Int64

        init?(at offset: Int64, in file: InputFile) {
            let head = Array(file.peek(at: offset, count: MPEGAudioFrames.headSize))
            guard head.count == MPEGAudioFrames.headSize, head[0] == 0xFF, head[1] & 0xE0 == 0xE0 else { return nil }
            let (version, layer) = (Int(head[1] >> 3 & 3), 4 - Int(head[1] >> 1 & 3))
            let (rateIndex, frequency) = (Int(head[2] >> 4), Int(head[2] >> 2 & 3))
            guard version != 1, layer != 4, frequency != 3, (1...14).contains(rateIndex) else { return nil }
            let isFirst = version == 3
            let rate = [44_100, 48_000, 32_000][frequency] >> (isFirst ? 0 : version == 2 ? 1 : 2)
            let kilobits = Self.bitRates[isFirst ? layer - 1 : layer == 1 ? 3 : 4][rateIndex - 1]
            let padding = Int(head[2] >> 1 & 1)
            let slots = (layer == 1 ? 12_000 : layer == 3 && !isFirst ? 72_000 : 144_000) * kilobits / rate + padding
            size = Int64(layer == 1 ? slots * 4 : slots)
            self.layer = layer
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
