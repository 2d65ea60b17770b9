import CFFmpeg

/// Settings by name, as FFmpeg takes them when it opens something.
struct Options: ~Copyable {
    private var dictionary: OpaquePointer?

    /// Options that hold a demuxer to what we allow.
    static func forDemuxer() throws(AudioDecodeFailure) -> Options {
        var options = Options()
        try options.set("format_whitelist", to: AllowList.demuxers)
        try options.set("codec_whitelist", to: AllowList.decoders)
        try options.set("protocol_whitelist", to: "")
        // No search for other codecs in what a WAV header calls PCM: it takes 3 ms or more a file.
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

    /// Lends the options to a function that takes out those it knows.
    mutating func withPointer<Result>(_ body: (inout OpaquePointer?) -> Result) -> Result {
        body(&dictionary)
    }
}
