import CFFmpeg

extension FormatContext {
    private static let silenceLog: Void = av_log_set_level(AV_LOG_QUIET)

    /// Finds the format and reads the header.
    static func open(_ file: Excerpt) throws(AudioDecodeFailure) -> FormatContext {
        _ = silenceLog
        let format = try FormatProbe.recognise(file)
        let bytes = try ByteStream(of: file)
        let name = String(String(cString: format.pointee.name).prefix { $0 != "," })
        var options = try Options.forDemuxer()
        var context = avformat_alloc_context()
        guard context != nil else { throw .outOfMemory }
        context?.pointee.pb = bytes.pointer
        context?.pointee.io_open = refuseToOpen
        // Frees the context on failure.
        let status = options.withPointer { avformat_open_input(&context, "", format, &$0) }
        if let context, status >= 0 { return FormatContext(taking: context, reading: bytes) }
        if let error = bytes.readError { throw .unreadable(error) }
        throw .damagedHeader(format: name, FFmpegError(status))
    }
}

/// Refuses the files that playlists and references name: FFmpeg never opens anything but the given bytes.
private func refuseToOpen(
    _: UnsafeMutablePointer<AVFormatContext>?, _: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?,
    _: UnsafePointer<CChar>?, _: Int32, _: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 { ffmpegNotPermitted }
