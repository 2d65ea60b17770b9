/// Why the system refused something.
public enum SystemReason {
    /// The words of the C library for a code of `errno`: `No such file or directory`.
    public static func words(for code: Int32) -> String { String(cString: strerror(code)) }

    /// What went wrong in words: the system's, if its code is behind an error of Foundation's, else the error's own.
    public static func words(for error: any Error) -> String { code(of: error).map { words(for: $0) } ?? "\(error)" }

    /// The code of `errno` behind an error of Foundation's; `nil` if there is none.
    public static func code(of error: any Error) -> Int32? {
        switch error {
        case let error as POSIXError: error.code.rawValue
        case let error as CocoaError: error.underlying.flatMap(code)
        default: nil
        }
    }
}
