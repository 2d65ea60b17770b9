import Dictation
import Essentials

/// The running program, and the files that are installed with it.
enum ThisProgram {
    /// The path of its file, by whatever name it was called. On Linux, links are resolved.
    static func path() throws(Failure) -> String {
        #if os(Linux)
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #else
            let path = Bundle.main.executablePath
        #endif
        guard let path else { throw Failure("Cannot find the path of this program, which its engine is beside.") }
        return path
    }

    /// The voice activity model: under `share/asr2clip` beside `bin`, or in the clone that the program was built in.
    static var detectorModel: String? {
        guard let program = try? path() else { return nil }
        let file = "silero_vad_16k_op15.onnx"
        var folder = URL(filePath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        var candidates = [folder.appending(path: "../share/asr2clip/\(file)")]
        while folder.path != "/" {
            candidates.append(folder.appending(path: ".deps/models/silero-vad/\(file)"))
            folder.deleteLastPathComponent()
        }
        return candidates.map(\.standardizedFileURL.path).first { FileManager.default.isReadableFile(atPath: $0) }
    }
}
