package enum SystemReason {
    /// The C library's message for an `errno` code: `No such file or directory`.
    package static func words(for code: Int32) -> String { String(cString: strerror(code)) }

    /// The message for an error: the system's, if a Foundation error has an `errno` code, otherwise the error's own.
    package static func words(for error: any Error) -> String { code(of: error).map { words(for: $0) } ?? "\(error)" }

    /// The `errno` code of a Foundation error; `nil` if it has none.
    package static func code(of error: any Error) -> Int32? {
        switch error {
        case let error as POSIXError: error.code.rawValue
        case let error as CocoaError: error.underlying.flatMap(code)
        default: nil
        }
    }
}
