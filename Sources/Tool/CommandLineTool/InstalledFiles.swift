import Essentials

/// The files that are installed with the executables.
enum InstalledFiles {
    private static let detector = "silero_vad_16k_op15.onnx"

    /// The voice activity model: under `share/asr2clip` beside `bin`, or in the clone that the executable was built in.
    static var detectorModel: String? {
        guard let program = try? ThisProgram.path() else { return nil }
        var folder = URL(filePath: program).resolvingSymlinksInPath().deletingLastPathComponent()
        var candidates = [folder.appending(path: "../share/asr2clip/\(detector)")]
        while folder.path != "/" {
            candidates.append(folder.appending(path: ".deps/models/silero-vad/\(detector)"))
            folder.deleteLastPathComponent()
        }
        return candidates.map(\.standardizedFileURL.path).first { FileManager.default.isReadableFile(atPath: $0) }
    }
}
