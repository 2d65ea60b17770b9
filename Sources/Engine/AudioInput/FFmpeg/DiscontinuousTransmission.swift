import CFFmpeg

/// Pauses that a codec leaves out: their packets describe background noise or nothing, and FFmpeg cannot decode them.
enum DiscontinuousTransmission {
    /// Whether a packet stands for a pause, and is not damaged.
    ///
    /// AMR's frame type is in bits 3 to 6 of the first byte (RFC 4867, section 5.3): 8 in AMR and 9 in AMR-WB is noise,
    /// 15 in both is no data.
    static func isPause(_ packet: borrowing Packet, of codec: AVCodecID) -> Bool {
        let first = packet.withBytes { $0.first }
        guard let type = first.map({ $0 >> 3 & 0xF }) else { return false }
        switch codec {
        case AV_CODEC_ID_AMR_NB: return type == 8 || type == 15
        case AV_CODEC_ID_AMR_WB: return type == 9 || type == 15
        default: return false
        }
    }
}
