import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A sound server without hardware: its microphone records exactly what is played into its sink. (With rewinds, which
/// correct sound that is not played yet, it occasionally records the start of a sound twice.)
struct SoundServer: Sendable {
    /// Its process.
    let process: RunningProcess
    private let folder: TemporaryFolder

    /// Why tests that need it are skipped.
    static let advice: Comment = "pulseaudio, pulseaudio-utils and libasound2-plugins are not installed: make setup"
    /// Whether it can be started.
    static var isInstalled: Bool {
        ["/usr/bin/pulseaudio", "/usr/bin/paplay"].allSatisfy(FileManager.default.isExecutableFile) && plugin != nil
    }

    private static var plugin: String? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib"))?
            .map { "/usr/lib/\($0)/alsa-lib/libasound_module_pcm_pulse.so" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    fileprivate init(process: RunningProcess, folder: TemporaryFolder) {
        self.process = process
        self.folder = folder
    }

    /// The variables for a program that records from it or plays into it.
    var environment: [String: String] { Self.environment(folder) }

    fileprivate static func environment(_ folder: TemporaryFolder) -> [String: String] {
        [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "XDG_RUNTIME_DIR": folder.file("run"),
            "XDG_CACHE_HOME": folder.file("cache"), "ALSA_CONFIG_PATH": folder.file("alsa.conf"),
            "TMPDIR": folder.file("tmp"),
        ]
    }

    /// Maps ALSA's default device to the sound server.
    static let alsaConfiguration = """
        </usr/share/alsa/alsa.conf>
        pcm.!default { type pulse }
        ctl.!default { type pulse }
        """

    /// The recordings whose texts are not delivered.
    var recordings: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.file("cache/asr2clip/recordings"))) ?? [])
            .filter { $0.hasPrefix("recording-") }
    }

    /// A file in the server's folder.
    func file(_ name: String) -> String { folder.file(name) }

    /// Plays a recording to its end, with all samples multiplied by `gain`, and waits until its last sound has been recorded.
    func play(_ recording: String, gain: Double = 1) async throws {
        // PulseAudio's volumes are cubic, and 65536 changes nothing.
        let volume = Int((65536 * cbrt(gain)).rounded())
        let result = try await runToEnd(
            "/usr/bin/paplay", ["--device=virt", "--volume=\(volume)", Fixtures.audio(recording)],
            environment: environment)
        guard result.status == .exited(0) else { throw NeverHappened("paplay: \(result.error)") }
        try await Task.sleep(for: .milliseconds(600))
    }
}

/// Runs `body` with a sound server that is ready.
func withSoundServer<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (SoundServer) async throws -> R
) async throws -> R {
    let folder = try TemporaryFolder()
    for name in ["run", "tmp"] {
        try FileManager.default.createDirectory(
            atPath: folder.file(name), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }
    try folder.write(Data(SoundServer.alsaConfiguration.utf8), to: "alsa.conf")
    let arguments = [
        "-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no", "--high-priority=yes", "-L",
        "module-native-protocol-unix",
        "-L", "module-null-sink sink_name=virt rate=16000 channels=1 norewinds=1", "-L",
        "module-remap-source master=virt.monitor source_name=mic",
    ]
    return try await withProcess(
        "/usr/bin/pulseaudio", arguments, environment: SoundServer.environment(folder)
    ) { process in
        let socket = folder.file("run/pulse/native")
        try await eventually("the sound server listens") { FileManager.default.fileExists(atPath: socket) }
        return try await body(SoundServer(process: process, folder: folder))
    }
}

/// An X display without a screen.
struct Display: Sendable {
    /// Its name, such as `:3`.
    let name: String

    /// Why tests that need it are skipped.
    static let advice: Comment = "xvfb, xclip and xsel are not installed: make setup"
    /// Whether it can be started and its clipboard can be read.
    static var isInstalled: Bool {
        ["/usr/bin/Xvfb", "/usr/bin/xclip", "/usr/bin/xsel"].allSatisfy(FileManager.default.isExecutableFile)
    }

    /// The text on the clipboard; `nil` if nothing was ever put there.
    func clipboard() async throws -> String? {
        let result = try await Subprocess.run(
            .path("/usr/bin/xclip"), arguments: ["-o", "-selection", "clipboard"],
            environment: .custom(["DISPLAY": name]), output: .string(limit: 1 << 20), error: .discarded)
        return result.terminationStatus.isSuccess ? result.standardOutput : nil
    }
}

/// Runs `body` with a display.
func withDisplay<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Display) async throws -> R
) async throws -> R {
    try await withProcess("/usr/bin/Xvfb", ["-displayfd", "1", "-screen", "0", "320x240x8", "-nolisten", "tcp"]) {
        process in
        let number = try await untilFound("the display's number") { () -> String? in
            process.standardOutput.split(separator: "\n").first.map(String.init)
        }
        return try await body(Display(name: ":\(number)"))
    }
}
