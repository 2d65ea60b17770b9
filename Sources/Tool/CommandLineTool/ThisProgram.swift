import Essentials

/// The running program.
enum ThisProgram {
    /// The path of its file, by whatever name it was called. On Linux, links are resolved.
    ///
    /// - Throws: `Failure`.
    static func path() throws(Failure) -> String {
        #if os(Linux)
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #else
            let path = Bundle.main.executablePath
        #endif
        guard let path else { throw Failure("Cannot find the path of this program, which its engine is beside.") }
        return path
    }
}
