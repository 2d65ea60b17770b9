import Dictation
import Essentials
import Subprocess
import SystemPackage

extension Tool {
    /// `asr2clip --generate_config`: writes a template of a configuration to the file that `-c` names, which must not
    /// exist yet, or to standard output.
    func writeConfiguration() throws {
        guard let file else {
            hideOutputFile()
            return try StandardOutput.write(ConfigurationTemplate.text)
        }
        try ConfigurationTemplate.write(to: file)
        StandardError.report("The configuration is in '\(file)'.")
    }

    /// If standard output is a file, as in `> asr2clip.conf`, lets only its owner read it: a key may be put into it.
    private func hideOutputFile() {
        var status = stat()
        guard fstat(STDOUT_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        fchmod(STDOUT_FILENO, status.st_mode & 0o700)
    }

    /// `asr2clip --edit`: opens the configuration file, which is made if there is none, in the user's editor, and
    /// checks it afterwards.
    func editConfiguration() async throws {
        let path = file ?? places.first { FileManager.default.fileExists(atPath: $0) } ?? places[1]
        if !FileManager.default.fileExists(atPath: path) { try ConfigurationTemplate.write(to: path) }
        let command = ["VISUAL", "EDITOR"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "vi"
        // Ctrl-C is for the editor.
        let signals = SignalListener([SIGINT]) { _ in }
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
