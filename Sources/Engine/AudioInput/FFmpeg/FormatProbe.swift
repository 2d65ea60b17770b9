import CFFmpeg

/// Finds the format of a file from its first bytes; ignores its name.
enum FormatProbe {
    /// How many bytes are probed: one length after the other until FFmpeg is sure.
    private static let lengths = [2 * 1024, 16 * 1024, 256 * 1024]
    /// Lower scores rest on a single sync word, which occurs by chance in any file (libavformat, `mp3_probe`).
    private static let minimumScore: Int32 = 5
    /// Up to this score, FFmpeg needs more bytes (AVPROBE_SCORE_RETRY, which Swift does not import).
    private static let unsureScore = AVPROBE_SCORE_MAX / 4

    /// The demuxer for a file; throws if FFmpeg finds none, or one that is not on the `AllowList`.
    static func recognise(_ file: Excerpt) throws(AudioDecodeFailure) -> UnsafePointer<AVInputFormat> {
        let start = ID3Tag.end(in: file)
        for length in lengths {
            let bytes = file.bytes(at: start, count: length)
            // A damaged tag may claim to extend beyond the file.
            guard !bytes.isEmpty else {
                throw start < file.size ? .unreadable(FFmpegError(ffmpegInputOutput)) : .unknownFormat
            }
            let isLast = bytes.count < length || length == lengths.last
            guard let format = probe(bytes, scoringOver: isLast ? minimumScore - 1 : unsureScore) else {
                if isLast { break }
                continue
            }
            guard av_match_list(format.pointee.name, AllowList.demuxers, CChar(UInt8(ascii: ","))) > 0 else {
                throw .undecodable(
                    "FFmpeg takes it for '\(String(cString: format.pointee.name))', which is not accepted")
            }
            return format
        }
        throw .unknownFormat
    }

    private static func probe(_ bytes: [UInt8], scoringOver minimum: Int32) -> UnsafePointer<AVInputFormat>? {
        var padded = bytes + [UInt8](repeating: 0, count: Int(AVPROBE_PADDING_SIZE))
        return padded.withUnsafeMutableBufferPointer { buffer in
            "".withCString { name in
                var data = AVProbeData(
                    filename: name, buf: buffer.baseAddress, buf_size: Int32(bytes.count), mime_type: nil)
                var score = minimum
                return av_probe_input_format2(&data, 1, &score)
            }
        }
    }
}
