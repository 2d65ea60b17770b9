/// The demuxers and decoders that may process clients' files, as FFmpeg's comma-separated lists.
enum AllowList {
    static let demuxers = [
        "wav", "aiff", "flac", "mp3", "ogg", "matroska", "webm", "mov", "mp4", "m4a", "3gp", "aac", "amr", "amrnb",
        "amrwb", "caf", "w64", "au", "asf", "mpegts", "mpeg", "avi", "wv", "ac3", "eac3", "tta", "voc",
        "nistsphere",
    ].joined(separator: ",")

    /// Only audio decoders that these containers commonly use. Cover art and video are never decoded.
    static let decoders = (pcm + telephony + music + windows).joined(separator: ",")

    private static let pcm =
        ["s16", "s24", "s32", "s64", "u16", "u24", "u32", "f32", "f64"].flatMap { ["pcm_\($0)le", "pcm_\($0)be"] }
        + ["pcm_s8", "pcm_u8", "pcm_f16le", "pcm_f24le", "pcm_alaw", "pcm_mulaw"]
    private static let telephony = [
        "amrnb", "amrwb", "g722", "g723_1", "g726", "g726le", "g729", "gsm", "gsm_ms", "ilbc", "qcelp", "evrc",
        "speex", "libspeex", "truespeech", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "adpcm_yamaha",
    ]
    private static let music = [
        "aac", "aac_latm", "ac3", "alac", "dca", "eac3", "flac", "mlp", "mp1", "mp1float", "mp2", "mp2float", "mp3",
        "mp3float", "opus", "libopus", "truehd", "tta", "vorbis", "libvorbis", "wavpack",
    ]
    private static let windows = ["wmav1", "wmav2", "wmapro", "wmavoice", "wmalossless"]
}
