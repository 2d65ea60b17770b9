import CFFmpeg

/// Which timestamps of a stream are from the file itself: for some packets, FFmpeg computes timestamps that the file
/// lacks.
enum BelievedTimestamps {
    case all
    /// FLAC in Ogg: FFmpeg counts the packets of the first page from zero, and those of later pages by granule
    /// position.
    case behindPage(at: Int64?)
    /// AVI has no timestamps: FFmpeg counts chunks by a rate in the header, which is wrong if the file was written to a
    /// pipe.
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

    /// Records the next packet of the stream.
    ///
    /// - Parameter position: The offset in the file of the packet, or of the page in which it begins.
    /// - Returns: Whether to use its timestamp.
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
