import Essentials

/// The program that runs.
enum ThisProgram {
    /// Its file, as the system knows it, whatever it was called by. On Linux no link is left in the path.
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
