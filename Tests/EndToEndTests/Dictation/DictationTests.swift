import Foundation
import TestSupport
import Testing

/// Speech from a virtual microphone through the tool and a real server.
@Suite(
    .serialized, .enabled(if: SoundServer.isInstalled, SoundServer.advice),
    .enabled(if: Display.isInstalled, Display.advice), .server(TestRegistry([.transducer])))
struct DictationTests {
    private struct Surroundings {
        let sound: SoundServer
        let display: Display

        var environment: [String: String] { sound.environment.merging(["DISPLAY": display.name]) { $1 } }

        /// Lends the tool once it listens.
        func listening<R: Sendable>(
            _ arguments: [String] = [], url: String? = nil, _ body: (RunningProcess) async throws -> R
        ) async throws -> R {
            let url = try url ?? ServerProcess.shared().url
            return try await withProcess(
                ServerProcess.path(of: "asr2clip"), ["--url", url] + arguments, environment: environment
            ) { tool in
                try await eventually("the tool listens, and not: \(tool.standardError)") {
                    tool.standardError.contains("Listening to")
                }
                return try await body(tool)
            }
        }

        /// Runs the tool to its end.
        func run(_ arguments: [String]) async throws -> (status: Int32?, output: String, error: String) {
            let result = try await runToEnd(
                ServerProcess.path(of: "asr2clip"), ["--url", try ServerProcess.shared().url] + arguments,
                environment: environment)
            if case .exited(let code) = result.status { return (code, result.output, result.error) }
            return (nil, result.output, result.error)
        }
    }

    private func withSurroundings(_ body: (Surroundings) async throws -> Void) async throws {
        try await withSoundServer { sound in
            try await withDisplay { display in try await body(Surroundings(sound: sound, display: display)) }
        }
    }

    private static let utterances = Manifest.shared.session.utterances.map { $0.text.uppercased() }

    @Test func aSentenceIsPrintedAndCopied() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == "ONE TWO THREE FOUR\n")
                #expect(tool.standardError.contains("asr2clip: Copied (xclip)."))
                #expect(try await here.display.clipboard() == "ONE TWO THREE FOUR")
            }
            #expect(here.sound.recordings.isEmpty)
        }
    }

    @Test func theWholeSessionCanBeCopied() async throws {
        try await withSurroundings { here in
            try await here.listening(["--vad", "--silence_duration", "0.5", "--copy", "session"]) { tool in
                for _ in 1...2 { try await here.sound.play("en_digits_16k.wav") }
                let all = "ONE TWO THREE FOUR\nONE TWO THREE FOUR"
                try await eventually("all is copied") { try await here.display.clipboard() == all }
            }
        }
    }

    @Test func aSessionEndsWhereNobodyReadsItsTexts() async throws {
        try await withSurroundings { here in
            let script = "exec \"$0\" --url \"$1\" --vad --silence_duration 0.5 > >(exec true)"
            let arguments = ["-c", script, ServerProcess.path(of: "asr2clip"), try ServerProcess.shared().url]
            try await withProcess("/bin/bash", arguments, environment: here.environment) { tool in
                try await eventually("it listens") { tool.standardError.contains("Listening to") }
                try await here.sound.play("en_digits_16k.wav")
                #expect(try await tool.exit() == .exited(141))
                #expect(tool.standardError.contains("The recording is kept"), "\(tool.standardError)")
            }
            #expect(here.sound.recordings.count == 1)
        }
    }

    @Test func noiseAloneIsNotSentAndIsNoSuccess() async throws {
        try await withSurroundings { here in
            // A server that nobody may ask: its answer would be an error.
            try await here.listening(["--model", "nobody"]) { tool in
                try await here.sound.play("noise_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(3))
                #expect(tool.standardOutput == "" && tool.standardError.contains("No speech was heard."))
            }
            #expect(try await here.display.clipboard() == nil)
        }
    }

    @Test func aFullDiskEndsListeningWithWhatWasHeardBefore() async throws {
        try await withSurroundings { here in
            // A limit on the size of files is to the tool what a full disk is; 96 blocks of 512 bytes are 1.5 s.
            let script = "ulimit -f 96; exec \"$0\" --url \"$1\""
            let arguments = ["-c", script, ServerProcess.path(of: "asr2clip"), try ServerProcess.shared().url]
            try await withProcess("/bin/dash", arguments, environment: here.environment) { tool in
                try await eventually("it listens") { tool.standardError.contains("Listening to") }
                try await here.sound.play("en_digits_16k.wav")
                #expect(try await tool.exit() == .exited(1))
                #expect(tool.standardOutput.hasPrefix("ONE "), "\(tool.standardOutput)\(tool.standardError)")
                #expect(tool.standardError.contains("Cannot write the recording"))
            }
        }
    }

    @Test func aMutedMicrophoneIsToldWhileListeningGoesOn() async throws {
        try await withSurroundings { here in
            try await here.listening(["--vad"]) { tool in
                try await eventually("it is told") { tool.standardError.contains("gives only silence so far") }
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(3))
            }
        }
    }

    @Test func listeningCanEndByItself() async throws {
        try await withSurroundings { here in
            try await here.listening(["-d", "3"]) { tool in
                try await here.sound.play("en_digits_16k.wav")
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == "ONE TWO THREE FOUR\n")
            }
        }
    }

    @Test func dictationsDoNotAnnounceEachOthersRecordings() async throws {
        try await withSurroundings { here in
            try await here.listening { first in
                try await eventually("the first records") { !here.sound.recordings.isEmpty }
                try await here.listening { second in
                    #expect(!second.standardError.contains("wait"))
                    try await eventually("the second records") { here.sound.recordings.count == 2 }
                }
                withExtendedLifetime(first) {}
            }
            // Both were killed in the middle.
            try await here.listening { third in #expect(third.standardError.contains("Recordings that wait: 2.")) }
            let discarded = try await here.run(["--retry", "--discard"])
            #expect(discarded.status == 0 && discarded.error.contains("Recordings deleted: "))
            #expect(here.sound.recordings.isEmpty)
        }
    }

    @Test func everyUtteranceComesOnceAndInOrder() async throws {
        try await withSurroundings { here in
            let notes = here.sound.file("notes.txt")
            try await here.listening(["--vad", "--silence_duration", "0.5", "-o", notes]) { tool in
                try await here.sound.play(Manifest.shared.session.file)
                try await eventually("the last utterance") { tool.standardOutput.contains("START NINE STOP\n") }
                try await eventually("it is copied") { try await here.display.clipboard() == "START NINE STOP" }
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput.split(separator: "\n").map(String.init) == Self.utterances)
            }
            let lines = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n")
            #expect(lines.map { String($0.drop { $0 != "]" }.dropFirst(2)) } == Self.utterances)
            #expect(lines.allSatisfy { $0.hasPrefix("[20") })
            #expect(lines == lines.sorted { $0.prefix(21) < $1.prefix(21) })
            #expect(here.sound.recordings.isEmpty)
        }
    }

    /// Each utterance meets another fate: answers, connections that die, answers that lie or break off, refusals.
    @Test func withAServerThatFailsInTurnEverySentenceIsDeliveredOrKeptAndTold() async throws {
        try await withSurroundings { here in
            let script = Fixtures.path("Tests/Terminal/unreliable_server.py")
            let arguments = [script, try ServerProcess.shared().url + "/v1"]
            try await withProcess(Fixtures.path(".deps/venv/bin/python"), arguments) { server in
                let url = "http://127.0.0.1:\(try await server.output(after: "port "))/v1"
                let options = ["--vad", "--silence_duration", "0.5", "--model", "transducer"]
                let delivered = try await here.listening(options, url: url) { tool in
                    try await here.sound.play(Manifest.shared.session.file)
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(1))
                    let kept = here.sound.recordings
                    for recording in kept { #expect(tool.standardError.contains(recording)) }
                    #expect(kept.count >= Self.utterances.count / 2)
                    return tool.standardOutput.split(separator: "\n").map(String.init)
                }
                #expect(delivered.count + here.sound.recordings.count == Self.utterances.count)
                let retry = try await here.run(["--retry"])
                #expect(retry.status == 0)
                let all = delivered + retry.output.split(separator: "\n").map(String.init)
                #expect(all.sorted() == Self.utterances.sorted())
                #expect(here.sound.recordings.isEmpty)
            }
        }
    }

    @Test(arguments: [["--interval", "4"], ["--vad", "--interval", "2"]])
    func atIntervalsNothingIsLost(arguments: [String]) async throws {
        try await withSurroundings { here in
            try await here.listening(arguments) { tool in
                try await here.sound.play("en_long_16k.flac")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput.split(separator: "\n").count > 2)
                let said = tool.standardOutput.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(said == "OPEN ONE TWO THREE LEFT RIGHT FOUR FIVE SIX SEVEN STOP NINE CLOSE ZERO")
            }
        }
    }

    @Test func theEndOfListeningFinishesWhatWasSaid() async throws {
        try await withSurroundings { here in
            try await here.listening(["--vad", "--silence_duration", "30"]) { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == "ONE TWO THREE FOUR\n")
            }
        }
    }

    @Test func cancellingLeavesTheClipboardAloneAndKeepsTheSound() async throws {
        try await withSurroundings { here in
            // A server that takes the recording and never answers.
            try await withSilentServer { url in
                try await here.listening(["--model", "m"], url: url) { tool in
                    try await here.sound.play("en_digits_16k.wav")
                    tool.signal(SIGINT)
                    try await Task.sleep(for: .milliseconds(300))
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(130))
                    #expect(tool.standardOutput == "")
                    #expect(tool.standardError.contains("Cancelled.") && tool.standardError.contains("--retry"))
                }
            }
            #expect(try await here.display.clipboard() == nil)
            #expect(here.sound.recordings.count == 1)
            let retry = try await here.run(["--retry"])
            #expect(retry.status == 0)
            #expect(retry.output == "ONE TWO THREE FOUR\n")
            #expect(here.sound.recordings.isEmpty)
            #expect(try await here.run(["--retry"]).error.contains("No recording waits"))
        }
    }

    @Test(arguments: [0, 30, 100, 200, 400])
    func controlCAtTheStartEndsItAndLeavesNothing(milliseconds: Int) async throws {
        try await withSoundServer { sound in
            let arguments = ["--url", try ServerProcess.shared().url, "--clipboard", "none"]
            try await withProcess(
                ServerProcess.path(of: "asr2clip"), arguments, environment: sound.environment
            ) { tool in
                try await Task.sleep(for: .milliseconds(milliseconds))
                tool.signal(SIGINT)
                let end = try await tool.exit()
                // 3: it had begun to listen, and nothing was said.
                #expect([.exited(3), .exited(130), .signaled(SIGINT)].contains(end), "\(end)")
                #expect(tool.standardOutput == "")
            }
            #expect(sound.recordings.isEmpty)
        }
    }

    /// The message comes while the microphone closes, which used to swallow it now and then.
    @Test func everyFailureIsTold() async throws {
        try await withSurroundings { here in
            for _ in 1...5 {
                try await here.listening(["--model", "nobody"]) { tool in
                    try await here.sound.play("en_word_16k.wav")
                    tool.signal(SIGINT)
                    #expect(try await tool.exit() == .exited(1))
                    #expect(tool.standardError.contains("The recording is kept: "), "\(tool.standardError)")
                }
            }
            #expect(here.sound.recordings.count == 5)
        }
    }

    @Test func aFailedRequestSaysWhereTheSoundIs() async throws {
        try await withSurroundings { here in
            try await here.listening(["--model", "nobody"]) { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(1))
                #expect(tool.standardOutput == "")
                #expect(tool.standardError.contains("answers 404"))
                #expect(tool.standardError.contains("asr2clip --retry"))
                let file = try #require(here.sound.recordings.first)
                #expect(tool.standardError.contains(file))
            }
            #expect(try await here.run(["--retry"]).output == "ONE TWO THREE FOUR\n")
        }
    }

    @Test func theSoundOutlivesTheToolBeingKilled() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGKILL)
                _ = try await tool.exit()
            }
            let retry = try await here.run(["--retry"])
            #expect(retry.output == "ONE TWO THREE FOUR\n", "\(retry)")
        }
    }

    @Test func aDeviceThatGoesAwayEndsListeningWithWhatWasSaid() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                here.sound.process.signal(SIGKILL)
                #expect(try await tool.exit() == .exited(1))
                #expect(tool.standardOutput == "ONE TWO THREE FOUR\n")
                #expect(tool.standardError.contains("gives no sound any more"))
            }
        }
    }

    /// The process that listens for a tool.
    private func ear(of tool: RunningProcess) async throws -> Int32 {
        try await untilFound("the process that listens") { ProcessTable.children(of: tool.pid).first }
    }

    @Test(arguments: [[], ["--vad", "--silence_duration", "0.5"]])
    func aProcessThatIsKilledWhileItListensCostsNoSoundThatWasHeard(arguments: [String]) async throws {
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
                #expect(words == "ONE TWO THREE FOUR ONE TWO THREE FOUR")
                let warnings = tool.standardError.split(separator: "\n").filter { $0.contains("missing") }
                #expect(warnings.count == 1 && warnings[0].contains("(signal 9)"), "\(tool.standardError)")
            }
        }
    }

    @Test func aSourceThatIsTakenAwayEndsListeningWithWhatWasSaid() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                for module in ["module-remap-source", "module-null-sink"] {
                    let result = try await runToEnd(
                        "/usr/bin/pactl", ["unload-module", module], environment: here.sound.environment)
                    #expect(result.status == .exited(0), "\(result.error)")
                }
                #expect(try await tool.exit() == .exited(1))
                #expect(tool.standardOutput == "ONE TWO THREE FOUR\n")
                #expect(tool.standardError.contains("gives no sound any more"), "\(tool.standardError)")
            }
        }
    }

    @Test func aToolThatIsKilledLeavesNobodyListening() async throws {
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
        @Test func theProcessThatListensIsInASandboxAndTheToolHasNoDecoder() async throws {
            try await withSurroundings { here in
                try await here.listening { tool in
                    let ear = try await ear(of: tool)
                    // The sandbox closes behind the device, just before the first sound comes.
                    try await eventually("its sandbox is closed") {
                        ProcessTable.pages(of: "/proc/\(ear)/status").contains("Seccomp:\t2\n")
                    }
                    for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(ear)/task") {
                        let status = ProcessTable.pages(of: "/proc/\(ear)/task/\(thread)/status")
                        // A thread that has ended since has no status.
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

        /// Without a sound server, as a user for whom libpulse would start one: the control is a client of its own that does.
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
                // libpulse starts none for root.
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

    /// A script in the place of the engine, its mode, and a part of the one line.
    @Test(
        arguments: [
            (nil, 0, "asr2clip-engine is missing"), ("exit 0", 0o755, "is no engine of asr2clip"),
            ("echo '{\"version\":{\"_0\":\"9.9.9\"}}'; exec sleep 60", 0o755, "asr2clip-engine is version 9.9.9"),
            ("exit 0", 0o777, "Everybody may write"), ("exit 0", 0o644, "is no program that can be started"),
        ] as [(String?, Int, String)])
    func aToolWithoutItsEngineSaysSoInALine(script: String?, mode: Int, words: String) async throws {
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

    @Test func anUnknownDeviceIsNamedWithThoseThereAre() async throws {
        try await withSurroundings { here in
            let result = try await here.run(["--device", "kazoo"])
            #expect(result.status == 1)
            #expect(result.error.contains("'kazoo'") && result.error.contains("'default'"))
            let list = try await here.run(["--list_devices"])
            #expect(list.status == 0 && list.output.contains("default"))
        }
    }

    @Test func theSelfTestFindsAllWellAndSaysWhatIsNot() async throws {
        try await withSurroundings { here in
            let good = try await here.run(["--test"])
            #expect(good.status == 0, "\(good)")
            let subjects = ["Configuration", "Server", "Model", "Transcription", "Microphone", "Clipboard"]
            for subject in subjects { #expect(good.output.contains("✓ \(subject): "), "\(subject)") }
            let bad = try await here.run(["--test", "--model", "nobody", "--device", "kazoo", "--clipboard", "wl-copy"])
            #expect(bad.status == 1)
            for subject in ["Model", "Transcription", "Microphone"] {
                #expect(bad.output.contains("✗ \(subject): "), "\(subject)")
            }
            #expect(try await here.display.clipboard() == nil)
        }
    }
}
