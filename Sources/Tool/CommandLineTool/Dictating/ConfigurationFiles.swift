import ArgumentParser
import Dictation
import Essentials
import Subprocess
import SystemPackage

/// `asr2clip --generate_config`.
struct ConfigurationWriting {
    /// A file that must not exist yet; `nil` for standard output.
    let path: String?

    /// Writes the template of a configuration.
    ///
    /// - Throws: `ConfigurationError`, `Failure`.
    func run() throws {
        guard let path else {
            Self.hideFile()
            return try StandardOutput.write(ConfigurationTemplate.text)
        }
        try ConfigurationTemplate.write(to: path)
        Failure.report("The configuration is in '\(path)'.")
    }

    /// If standard output is a file, as in `> asr2clip.conf`, lets only its owner read it: a key may be put into it.
    private static func hideFile() {
        var status = stat()
        guard fstat(STDOUT_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        fchmod(STDOUT_FILENO, status.st_mode & 0o700)
    }
}

/// `asr2clip --edit`.
struct ConfigurationEditing {
    let tool: Tool

    /// Opens the configuration file in the user's editor and checks it afterwards.
    func run() async throws {
        try await Failure.reported {
            let path = try file()
            let command = ["VISUAL", "EDITOR"].lazy.compactMap { tool.environment[$0] }.first { !$0.isEmpty } ?? "vi"
            // Ctrl-C is for the editor.
            let signals = SignalListener(SIGINT) { _ in }
            defer { signals.stop() }
            // Run by a shell, because the variables may contain arguments: `code --wait`.
            let end = try? await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", "\(command) \"$1\"", "sh", path],
                input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
            guard end?.terminationStatus.isSuccess == true else {
                throw Failure("The editor '\(command)' failed. Set VISUAL or EDITOR to one that is installed.")
            }
            _ = try ConfigurationFile(path: path)
        }
    }

    /// The path of the file in force; creates the default one if there is none.
    private func file() throws -> String {
        let path = tool.file ?? tool.places.first { FileManager.default.fileExists(atPath: $0) } ?? tool.places[1]
        if !FileManager.default.fileExists(atPath: path) {
            let folder = URL(filePath: path).deletingLastPathComponent()
            try? FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try ConfigurationTemplate.write(to: path)
        }
        return path
    }
}
