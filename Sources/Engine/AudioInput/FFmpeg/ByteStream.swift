import CFFmpeg

/// FFmpeg's access to the bytes of a recording: by our own read and seek callbacks, by none of FFmpeg's protocols.
struct ByteStream: ~Copyable {
    let pointer: UnsafeMutablePointer<AVIOContext>
    /// The callbacks' opaque pointer; kept alive here.
    private let excerpt: Excerpt

    init(of excerpt: Excerpt) throws(AudioDecodeFailure) {
        let size = 32 * 1024
        guard let buffer = av_malloc(size) else { throw .outOfMemory }
        let context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(size), 0,
            Unmanaged.passUnretained(excerpt).toOpaque(), readBytes, nil, seekBytes)
        guard let context else {
            av_free(buffer)
            throw .outOfMemory
        }
        pointer = context
        self.excerpt = excerpt
    }

    deinit {
        av_freep(&pointer.pointee.buffer)  // avio.h: libavformat may have replaced the buffer
        var context: UnsafeMutablePointer<AVIOContext>? = pointer
        avio_context_free(&context)
    }

    /// The error of the file system, if a read failed; demuxers may treat it as the end of the file.
    var readError: FFmpegError? {
        let status = pointer.pointee.error
        return status < 0 && status != ffmpegEndOfFile ? FFmpegError(status) : nil
    }
}

private func readBytes(excerpt: UnsafeMutableRawPointer?, buffer: UnsafeMutablePointer<UInt8>?, count: Int32) -> Int32 {
    guard let excerpt, let buffer, count > 0 else { return ffmpegInvalidArgument }
    let target = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
    let status = Unmanaged<Excerpt>.fromOpaque(excerpt).takeUnretainedValue().read(into: target)
    return status == 0 ? ffmpegEndOfFile : Int32(status)
}

private func seekBytes(excerpt: UnsafeMutableRawPointer?, offset: Int64, whence: Int32) -> Int64 {
    guard let excerpt else { return Int64(ffmpegInvalidArgument) }
    let input = Unmanaged<Excerpt>.fromOpaque(excerpt).takeUnretainedValue()
    let base: Int64
    switch whence & ~AVSEEK_FORCE {
    case AVSEEK_SIZE: return input.size
    case SEEK_SET: base = 0
    case SEEK_CUR: base = input.position
    case SEEK_END: base = input.size
    default: return Int64(ffmpegInvalidArgument)
    }
    let (position, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, position >= 0 else { return Int64(ffmpegInvalidArgument) }
    input.position = position
    return position
}
