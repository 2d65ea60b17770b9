import Foundation
import TestSupport
import Testing

/// The listening process, and dictation after it has ended.
@Suite(
    .serialized, .enabled(if: SoundServer.isInstalled, SoundServer.advice),
    .enabled(if: Display.isInstalled, Display.advice), .server(TestRegistry([.paraformer])))
struct ListeningTests {
    @Test func aLostSoundServerEndsListeningWithTheAudioSoFar() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                here.sound.process.signal(SIGKILL)
                #expect(try await tool.exit() == .exited(1))
                #expect(tool.standardOutput == "one two three four\n")
                #expect(tool.standardError.contains("gives no sound any more"))
            }
        }
    }

    /// The listening process of a tool.
    private func ear(of tool: RunningProcess) async throws -> Int32 {
        try await untilFound("the process that listens") { ProcessTable.children(of: tool.pid).first }
    }

    @Test(arguments: [[], ["--vad", "--silence_duration", "0.5"]])
    func aKilledListeningProcessLosesNoRecordedAudio(arguments: [String]) async throws {
        try await withSurroundings { here in
            try await here.listening(arguments) { tool in
                let first = try await ear(of: tool)
                try await here.sound.play("en_digits_16k.wav")
                kill(first, SIGKILL)
                try await eventually("listening goes on") { tool.standardError.contains("Listening goes on") }
                #expect(try await ear(of: tool) != first)
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                let words = tool.standardOutput.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(words == "one two three four one two three four")
                let warnings = tool.standardError.split(separator: "\n").filter { $0.contains("missing") }
                #expect(warnings.count == 1 && warnings[0].contains("(signal 9)"), "\(tool.standardError)")
            }
        }
    }

    @Test func aRemovedSourceEndsListeningWithTheAudioSoFar() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                for module in ["module-remap-source", "module-null-sink"] {
                    let result = try await runToEnd(
                        "/usr/bin/pactl", ["unload-module", module], environment: here.sound.environment)
                    #expect(result.status == .exited(0), "\(result.error)")
                }
                #expect(try await tool.exit() == .exited(1))
                #expect(tool.standardOutput == "one two three four\n")
                #expect(tool.standardError.contains("gives no sound any more"), "\(tool.standardError)")
            }
        }
    }

    @Test func aKilledToolLeavesNoListeningProcess() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                let ear = try await ear(of: tool)
                tool.signal(SIGKILL)
                _ = try await tool.exit()
                try await eventually("the process that listens ends") { kill(ear, 0) != 0 }
            }
        }
    }

    #if os(Linux)
        @Test func theListeningProcessIsSandboxedAndTheToolHasNoDecoder() async throws {
            try await withSurroundings { here in
                try await here.listening { tool in
                    let ear = try await ear(of: tool)
                    // The sandbox is closed after the device is opened, just before the first sound arrives.
                    try await eventually("its sandbox is closed") {
                        ProcessTable.pages(of: "/proc/\(ear)/status").contains("Seccomp:\t2\n")
                    }
                    for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(ear)/task") {
                        let status = ProcessTable.pages(of: "/proc/\(ear)/task/\(thread)/status")
                        // A thread that has ended meanwhile has no status.
                        #expect(status.isEmpty || status.contains("Seccomp:\t2\n"))
                        #expect(status.isEmpty || status.contains("NoNewPrivs:\t1\n"))
                    }
                    #expect(!tool.standardError.contains("without"), "\(tool.standardError)")
                    let maps = ProcessTable.pages(of: "/proc/\(tool.pid)/maps")
                    for library in ["portaudio", "libjack", "libasound", "libav", "onnx", "sherpa"] {
                        #expect(!maps.contains(library), "\(library)")
                    }
                }
            }
        }

        /// Without a sound server, as a user for whom libpulse would start one; as a control, another client does start
        /// it.
        @Test(.enabled(if: getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
        func noSoundServerIsStarted() async throws {
            let folder = try TemporaryFolder()
            let marker = folder.file("started")
            let server = try folder.write(Data("#!/bin/sh\n: > '\(marker)'\n".utf8), to: "server")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: server)
            let client = try folder.write(Data("autospawn = yes\ndaemon-binary = \(server)\n".utf8), to: "client.conf")
            let alsa = try folder.write(Data(SoundServer.alsaConfiguration.utf8), to: "alsa.conf")
            try FileManager.default.createDirectory(atPath: folder.file("run"), withIntermediateDirectories: false)
            let environment = [
                "PATH": "/usr/bin:/bin", "HOME": folder.path, "XDG_RUNTIME_DIR": folder.file("run"),
                "TMPDIR": folder.path, "PULSE_CLIENTCONFIG": client, "ALSA_CONFIG_PATH": alsa,
            ]
            var prefix: [String] = []
            if getuid() == 0 {
                // libpulse does not start one for root.
                prefix = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
                for path in [folder.path, folder.file("run")] {
                    try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: path)
                }
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.file("run"))
            }
            func run(_ command: [String]) async throws -> String {
                let all = prefix + command
                return try await runToEnd(all[0], Array(all.dropFirst()), environment: environment).error
            }
            let words = try await run([ServerProcess.path(of: "asr2clip"), "--list_devices"])
            #expect(words.contains("There is no device to record from."), "\(words)")
            #expect(!FileManager.default.fileExists(atPath: marker))
            _ = try await run(["/usr/bin/pactl", "info"])
            try await eventually("the control starts it") { FileManager.default.fileExists(atPath: marker) }
        }
    #endif

    /// A script in place of the engine, its mode, and a part of the expected line.
    @Test(
        arguments: [
            (nil, 0, "asr2clip-engine is missing"), ("exit 0", 0o755, "is no engine of asr2clip"),
            ("echo '{\"version\":{\"_0\":\"9.9.9\"}}'; exec sleep 60", 0o755, "asr2clip-engine is version 9.9.9"),
            ("exit 0", 0o777, "Everybody may write"), ("exit 0", 0o644, "is no program that can be started"),
        ] as [(String?, Int, String)])
    func aMissingEngineIsReportedInOneLine(script: String?, mode: Int, words: String) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: ServerProcess.path(of: "asr2clip"), toPath: folder.file("asr2clip"))
        if let script {
            let engine = try folder.write(Data("#!/bin/sh\n\(script)\n".utf8), to: "asr2clip-engine")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: engine)
        }
        for arguments in [["--url", try ServerProcess.shared().url, "--clipboard", "none"], ["--list_devices"]] {
            let result = try await runToEnd(
                folder.file("asr2clip"), arguments, environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
            #expect(result.status == .exited(1) && result.output == "")
            let lines = result.error.split(separator: "\n")
            #expect(lines.count == 1 && lines[0].contains(words), "\(result.error)")
        }
    }
}
