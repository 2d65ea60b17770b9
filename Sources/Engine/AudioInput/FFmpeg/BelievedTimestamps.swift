import CFFmpeg

/// Which timestamps of a stream are the file's own: for some packets FFmpeg counts what the file does not tell.
enum BelievedTimestamps {
    case all
    /// FLAC in Ogg: FFmpeg counts the packets of the first page from zero, and those of the next by its granule position.
    case behindPage(at: Int64?)
    /// AVI has none: FFmpeg counts chunks by a rate in the header, which writers into a pipe get wrong.
    case ofFirstPacket(isRead: Bool)

    init(format: String, codec: AVCodecID) {
        switch (format, codec) {
        case ("ogg", AV_CODEC_ID_FLAC): self = .behindPage(at: nil)
        case ("avi", _): self = .ofFirstPacket(isRead: false)
        default: self = .all
        }
    }

    /// Whether the first timestamp is one.
    var haveStart: Bool {
        if case .behindPage = self { false } else { true }
    }

    /// Takes note of the next packet of the stream.
    ///
    /// - Parameter position: Where in the file the packet, or the page in which it begins, is.
    /// - Returns: Whether its timestamp is believed.
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
