import Foundation
import TestSupport
import Testing

/// Speech from a virtual microphone through the tool and a real server.
@Suite(
    .serialized, .enabled(if: SoundServer.isInstalled, SoundServer.advice),
    .enabled(if: Display.isInstalled, Display.advice), .server(TestRegistry([.paraformer])))
struct DictationTests {
    private static let utterances = Manifest.shared.session.utterances.map(\.text)

    @Test func aSentenceIsPrintedAndCopied() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == "one two three four\n")
                #expect(tool.standardError.contains("asr2clip: Copied (xclip)."))
                #expect(try await here.display.clipboard() == "one two three four")
            }
            #expect(here.sound.recordings.isEmpty)
        }
    }

    @Test func allTextsOfASessionCanBeCopied() async throws {
        try await withSurroundings { here in
            try await here.listening(["--vad", "--silence_duration", "0.5", "--copy", "session"]) { tool in
                for _ in 1...2 { try await here.sound.play("en_digits_16k.wav") }
                let all = "one two three four\none two three four"
                try await eventually("all is copied") { try await here.display.clipboard() == all }
            }
        }
    }

    @Test func aSessionEndsWhenItsOutputIsClosed() async throws {
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

    @Test func noiseIsNotSentAndExitsWithoutSuccess() async throws {
        try await withSurroundings { here in
            // The model does not exist, so a request would be an error.
            try await here.listening(["--model", "nobody"]) { tool in
                // As quiet as it is, the detector hears speech in 1 of 25 divisions into windows; at this volume in none of 60,
                // and gives it 0.14 at most.
                try await here.sound.play("noise_16k.wav", gain: 4)
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(3))
                #expect(
                    tool.standardOutput == "" && tool.standardError.contains("No speech was heard."),
                    "\(tool.standardError)")
            }
            #expect(try await here.display.clipboard() == nil)
        }
    }

    @Test func aFullDiskEndsListeningWithTheAudioSoFar() async throws {
        try await withSurroundings { here in
            // For the tool, a file size limit is like a full disk; 96 blocks of 512 bytes are 1.5 s.
            let script = "ulimit -f 96; exec \"$0\" --url \"$1\""
            let arguments = ["-c", script, ServerProcess.path(of: "asr2clip"), try ServerProcess.shared().url]
            try await withProcess("/bin/dash", arguments, environment: here.environment) { tool in
                try await eventually("it listens") { tool.standardError.contains("Listening to") }
                try await here.sound.play("en_digits_16k.wav")
                #expect(try await tool.exit() == .exited(1))
                #expect(tool.standardOutput.hasPrefix("one "), "\(tool.standardOutput)\(tool.standardError)")
                #expect(tool.standardError.contains("Cannot write the recording"))
            }
        }
    }

    @Test func aMutedMicrophoneIsReportedWhileListening() async throws {
        try await withSurroundings { here in
            try await here.listening(["--vad"]) { tool in
                try await eventually("it is told") { tool.standardError.contains("gives only silence so far") }
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(3))
            }
        }
    }

    @Test func listeningEndsAfterTheGivenDuration() async throws {
        try await withSurroundings { here in
            try await here.listening(["-d", "3"]) { tool in
                try await here.sound.play("en_digits_16k.wav")
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == "one two three four\n")
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
            // Both were killed while recording.
            try await here.listening { third in #expect(third.standardError.contains("Recordings that wait: 2.")) }
            let discarded = try await here.run(["--retry", "--discard"])
            #expect(discarded.status == 0 && discarded.error.contains("Recordings deleted: "))
            #expect(here.sound.recordings.isEmpty)
        }
    }

    @Test func everyUtteranceIsDeliveredOnceAndInOrder() async throws {
        try await withSurroundings { here in
            let notes = here.sound.file("notes.txt")
            let options = ["--vad", "--silence_duration", "0.5", "-o", notes]
            try await here.listening(options) { tool in
                try await here.sound.play(Manifest.shared.session.file)
                try await eventually("the last utterance") { tool.standardOutput.contains("start nine stop\n") }
                try await eventually("it is copied") { try await here.display.clipboard() == "start nine stop" }
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

    /// Each utterance gets a different result: responses, lost connections, wrong or truncated responses, rejections.
    @Test func withAnUnreliableServerEveryUtteranceIsDeliveredOrKeptAndReported() async throws {
        try await withSurroundings { here in
            let script = Fixtures.path("Tests/Terminal/unreliable_server.py")
            let arguments = [script, try ServerProcess.shared().url + "/v1"]
            try await withProcess(Fixtures.path(".deps/venv/bin/python"), arguments) { server in
                let url = "http://127.0.0.1:\(try await server.output(after: "port "))/v1"
                let options = ["--vad", "--silence_duration", "0.5"]
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
    func intervalsLoseNoWords(arguments: [String]) async throws {
        try await withSurroundings { here in
            try await here.listening(arguments) { tool in
                try await here.sound.play("en_long_16k.flac")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput.split(separator: "\n").count > 2)
                let said = tool.standardOutput.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(said == "open one two three left right four five six seven stop nine close zero")
            }
        }
    }

    @Test func theEndOfListeningCompletesTheUtterance() async throws {
        try await withSurroundings { here in
            try await here.listening(["--vad", "--silence_duration", "30"]) { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(0))
                #expect(tool.standardOutput == "one two three four\n")
            }
        }
    }

    @Test func cancellingKeepsTheClipboardAndTheRecording() async throws {
        try await withSurroundings { here in
            // A server that reads the recording and never responds.
            try await withScriptedServer(.silence) { server in
                try await here.listening(["--model", "m"], url: server.url) { tool in
                    try await here.sound.play("en_digits_16k.wav")
                    tool.signal(SIGINT)
                    try await eventually("it has sent its request") {
                        server.requests.contains { $0.line.hasPrefix("POST ") }
                    }
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
            #expect(retry.output == "one two three four\n")
            #expect(here.sound.recordings.isEmpty)
            #expect(try await here.run(["--retry"]).error.contains("No recording waits"))
        }
    }

    @Test(arguments: [0, 30, 100, 200, 400])
    func controlCDuringTheStartLeavesNothing(milliseconds: Int) async throws {
        try await withSoundServer { sound in
            let arguments = ["--url", try ServerProcess.shared().url, "--clipboard", "none"]
            try await withProcess(
                ServerProcess.path(of: "asr2clip"), arguments, environment: sound.environment
            ) { tool in
                try await Task.sleep(for: .milliseconds(milliseconds))
                tool.signal(SIGINT)
                let end = try await tool.exit()
                // 3: it had started to listen, and nothing was said.
                #expect([.exited(3), .exited(130), .signaled(SIGINT)].contains(end), "\(end)")
                #expect(tool.standardOutput == "")
            }
            #expect(sound.recordings.isEmpty)
        }
    }

    /// The message is printed while the microphone closes, which occasionally used to swallow it.
    @Test func everyFailureIsReported() async throws {
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

    @Test func aFailedRequestNamesTheRecording() async throws {
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
            #expect(try await here.run(["--retry"]).output == "one two three four\n")
        }
    }

    @Test func theRecordingSurvivesAKilledTool() async throws {
        try await withSurroundings { here in
            try await here.listening { tool in
                try await here.sound.play("en_digits_16k.wav")
                tool.signal(SIGKILL)
                _ = try await tool.exit()
            }
            let retry = try await here.run(["--retry"])
            #expect(retry.output == "one two three four\n", "\(retry)")
        }
    }

    @Test func anUnknownDeviceIsNamedWithTheAvailableOnes() async throws {
        try await withSurroundings { here in
            let result = try await here.run(["--device", "kazoo"])
            #expect(result.status == 1)
            #expect(result.error.contains("'kazoo'") && result.error.contains("'default'"))
            let list = try await here.run(["--list_devices"])
            #expect(list.status == 0 && list.output.contains("default"))
        }
    }

    @Test func theSelfTestReportsSuccessesAndFailures() async throws {
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
