import CFFmpeg

/// Options by name for FFmpeg's open functions.
struct Options: ~Copyable {
    private var dictionary: OpaquePointer?

    /// Options that restrict a demuxer to our allow lists.
    static func forDemuxer() throws(AudioDecodeFailure) -> Options {
        var options = Options()
        try options.set("format_whitelist", to: AllowList.demuxers)
        try options.set("codec_whitelist", to: AllowList.decoders)
        try options.set("protocol_whitelist", to: "")
        // Do not probe for other codecs in PCM of a WAV file: that takes 3 ms or more a file.
        try options.set("max_probe_packets", to: "0")
        return options
    }

    private init() {}

    deinit {
        var dictionary = dictionary
        av_dict_free(&dictionary)
    }

    private mutating func set(_ key: String, to value: String) throws(AudioDecodeFailure) {
        guard av_dict_set(&dictionary, key, value, 0) >= 0 else { throw .outOfMemory }
    }

    /// Passes the options to a function that removes those it recognises.
    mutating func withPointer<Result>(_ body: (inout OpaquePointer?) -> Result) -> Result {
        body(&dictionary)
    }
}
