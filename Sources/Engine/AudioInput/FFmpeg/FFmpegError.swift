import CFFmpeg

/// A negative status of an FFmpeg function; negated `errno` values are among them.
struct FFmpegError: Error, Equatable, CustomStringConvertible {
    let status: Int32

    init(_ status: Int32) { self.status = status }

    /// Throws if the status is negative, which means failure in FFmpeg.
    static func check(_ status: Int32) throws(FFmpegError) {
        if status < 0 { throw FFmpegError(status) }
    }

    var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_ERROR_MAX_STRING_SIZE)) { text in
            guard let start = text.baseAddress else { return "error \(status)" }
            av_strerror(status, start, text.count)  // writes "Error number …" for an unknown status
            return String(cString: start)
        }
    }
}
