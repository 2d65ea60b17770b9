import CFFmpeg

/// Which timestamps of a stream are from the file itself: FFmpeg computes those that the file lacks.
enum BelievedTimestamps {
    case all
    /// FLAC in Ogg: FFmpeg counts the packets of the first page from zero, and later ones by granule position.
    case behindPage(at: Int64?)
    /// AVI: FFmpeg counts chunks by a rate in the header, which is wrong if the file was written to a pipe.
    case ofFirstPacket(isRead: Bool)

    init(format: String, codec: AVCodecID) {
        switch (format, codec) {
        case ("ogg", AV_CODEC_ID_FLAC): self = .behindPage(at: nil)
        case ("avi", _): self = .ofFirstPacket(isRead: false)
        default: self = .all
        }
    }

    /// Whether the stream's first timestamp is from the file.
    var haveStart: Bool {
        if case .behindPage = self { false } else { true }
    }

    /// Records the next packet, by the offset in the file of it or of its page; returns whether to use its timestamp.
    mutating func believes(packetAt position: Int64) -> Bool {
        switch self {
        case .all: return true
        case .behindPage(let first):
            self = first == nil || first == position ? .behindPage(at: position) : .all
            return first != nil && first != position
        case .ofFirstPacket(let isRead):
            self = .ofFirstPacket(isRead: true)
            return !isRead
        }
    }
}
