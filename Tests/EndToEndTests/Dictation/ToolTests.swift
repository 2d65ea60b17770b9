import Foundation
import Subprocess
import TestSupport
import Testing

/// The tool with files, configurations and a real server; no microphone.
@Suite(.serialized, .server(TestRegistry([.senseVoice])))
struct ToolTests {
    private let folder: ServerFolder
    private let files: TemporaryFolder

    init() throws {
        folder = try ServerFolder()
        files = try TemporaryFolder()
    }

    private struct Outcome {
        var status: TerminationStatus
        var output: String
        var error: String
    }

    private func run(_ arguments: [String], _ variables: [String: String] = [:]) async throws -> Outcome {
        let result = try await runToEnd(
            ServerProcess.path(of: "asr2clip"), arguments, environment: folder.environment.merging(variables) { $1 })
        return Outcome(status: result.status, output: result.output, error: result.error)
    }

    private func transcribe(_ arguments: [String]) async throws -> Outcome {
        try await run(["--url", try ServerProcess.shared().url] + arguments)
    }

    @Test func filesOfAnyFormatAreTranscribedInOrder() async throws {
        let recordings = ["en_digits_16k.wav", "en_44k1_aac.m4a", "en_48k_opus.webm"]
        let expected = recordings.map { file in
            Manifest.shared.files.first { $0.file == file }?.result(of: "sense_voice")
        }
        let outcome = try await transcribe(recordings.flatMap { ["-i", Fixtures.audio($0)] } + ["-q"])
        // There is no clipboard here.
        #expect(outcome.status == .exited(4))
        #expect(outcome.error.contains("clipboard") == true)
        #expect(outcome.output == expected.compactMap { $0.map { $0.text + "\n" } }.joined())
        #expect(expected.allSatisfy { $0 != nil })
    }

    @Test(arguments: [
        ("json", #"{"text": "one two three four"}"#), ("verbose_json", #""duration": 1.699"#), ("srt", "00:00:0"),
        ("vtt", "WEBVTT\n"),
    ])
    func everyResponseFormatIsPrintedAsTheServerSendsIt(format: String, part: String) async throws {
        let outcome = try await transcribe(
            ["-i", Fixtures.audio("en_digits_16k.wav"), "--format", format, "--clipboard", "none"])
        #expect(outcome.status == .exited(0))
        #expect(outcome.output.contains(part) && outcome.output.contains("one two three four"), "\(outcome.output)")
        #expect(outcome.error == "")
    }

    @Test func standardInputIsTranscribed() async throws {
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: [
                "-c", "exec \"$0\" --url \"$1\" -i - --clipboard none < \"$2\"", ServerProcess.path(of: "asr2clip"),
                try ServerProcess.shared().url, Fixtures.audio("en_44k1_vorbis.ogg"),
            ], environment: .custom(folder.subprocessEnvironment), output: .string(limit: 4096),
            error: .string(limit: 4096))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
        #expect(result.standardOutput == "down nine four\n")
        #expect(folder.runs.isEmpty)
    }

    @Test func controlCEndsATranscriptionWithoutLeftovers() async throws {
        try await withScriptedServer(.silence) { server in
            try await withProcess(
                ServerProcess.path(of: "asr2clip"),
                [
                    "--url", server.url, "--model", "m", "-i", Fixtures.audio("en_digits_16k.wav"), "--clipboard",
                    "none",
                ],
                environment: folder.environment
            ) { tool in
                try await eventually("it has sent its request") {
                    server.requests.contains { $0.line.hasPrefix("POST ") }
                }
                tool.signal(SIGINT)
                #expect(try await tool.exit() == .exited(130))
                #expect(tool.standardOutput == "" && tool.standardError == "")
            }
        }
        #expect(folder.runs.isEmpty)
    }

    @Test func textsAreAppendedToTheFile() async throws {
        let notes = try files.write(Data("before\n".utf8), to: "notes.txt")
        for _ in 0..<2 {
            let outcome = try await transcribe(
                ["-i", Fixtures.audio("en_digits_16k.wav"), "-o", notes, "--clipboard", "none"])
            #expect(outcome.status == .exited(0))
        }
        #expect(
            try String(contentsOfFile: notes, encoding: .utf8) == "before\none two three four\none two three four\n")
    }

    @Test(arguments: [
        ("bad_text.wav", "bad_text.wav"), ("no-such-file.wav", "no-such-file.wav"), ("bad_zero_bytes.wav", "is empty"),
    ])
    func aBadFileIsNamedAndOthersAreTranscribed(file: String, words: String) async throws {
        let outcome = try await transcribe(
            ["-i", Fixtures.audio(file), "-i", Fixtures.audio("en_digits_16k.wav"), "--clipboard", "none"])
        #expect(outcome.status == .exited(1))
        #expect(outcome.output == "one two three four\n")
        #expect(outcome.error.contains(words), "\(outcome.error)")
        #expect(outcome.error.hasPrefix("asr2clip: "))
    }

    @Test func anUnwritableOutputIsReportedBeforeAnyRequest() async throws {
        try files.write(Data(), to: "no")
        let outcome = try await transcribe(["-i", Fixtures.audio("en_digits_16k.wav"), "-o", files.file("no/where")])
        #expect(outcome.status == .exited(1))
        #expect(outcome.output == "")
        #expect(outcome.error.contains("no/where"))
    }

    @Test func missingFoldersOfTheOutputAreCreated() async throws {
        let notes = files.file("new/dir/notes.txt")
        let outcome = try await transcribe(
            ["-i" + Fixtures.audio("en_digits_16k.wav"), "-o", notes, "--clipboard", "none"])
        #expect(outcome.status == .exited(0), "\(outcome.error)")
        #expect(try String(contentsOfFile: notes, encoding: .utf8) == "one two three four\n")
    }

    @Test func aFolderIsRefusedAndOtherFilesAreTranscribed() async throws {
        let outcome = try await transcribe(
            ["-i", files.path, "--inp", Fixtures.audio("en_digits_16k.wav"), "--clipboard", "none"])
        #expect(outcome.status == .exited(1))
        #expect(outcome.output == "one two three four\n")
        #expect(outcome.error.contains("'\(files.path)' is a folder"), "\(outcome.error)")
    }

    /// Runs a line of bash, where `$tool` is the tool with the options for the server.
    private func bash(_ script: String) async throws -> Outcome {
        let result = try await runToEnd(
            "/bin/bash", ["-c", script],
            environment: folder.environment.merging([
                "tool":
                    "\(ServerProcess.path(of: "asr2clip")) --url \(try ServerProcess.shared().url) --clipboard none",
                "speech": Fixtures.audio("en_digits_16k.wav"), "folder": files.path,
            ]) { $1 })
        return Outcome(status: result.status, output: result.output, error: result.error)
    }

    @Test(arguments: [
        "$tool -i <(cat $speech)", "mkfifo $folder/pipe; cat $speech > $folder/pipe & $tool -i $folder/pipe",
        "cp $speech $folder/$'caf\\xe9.wav'; $tool -i $folder/$'caf\\xe9.wav'", "$tool --stdin < $speech",
        "cp $speech $folder/$'\\xff.wav'; cd $folder; $tool transcribe $'\\xff.wav'",
        "$tool -q -i $speech -o $folder/$'\\xff.txt' > /dev/null; cat $folder/$'\\xff.txt'",
        "$tool -c <(echo 'language: en') -i $speech",
    ])
    func pipesAndUnusualNamesAreRead(script: String) async throws {
        let outcome = try await bash(script)
        #expect(outcome.status == .exited(0), "\(outcome.error)")
        #expect(outcome.output == "one two three four\n" && outcome.error == "")
        #expect(folder.runs.isEmpty)
    }

    @Test func aClosedOutputEndsTheToolQuietly() async throws {
        let outcome = try await bash("$tool -i $speech -i $speech | true; echo ${PIPESTATUS[0]}")
        #expect(outcome.output == "141\n" && outcome.error == "", "\(outcome)")
    }

    @Test func aFullOutputDiskIsReported() async throws {
        let outcome = try await bash("$tool -i $speech > /dev/full")
        #expect(outcome.status == .exited(1))
        #expect(
            outcome.error.contains("Cannot write to standard output") && !outcome.error.contains("server"),
            "\(outcome.error)")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func signalsEndTheWaitForAPipe(number: Int32) async throws {
        let pipe = files.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        // A pipe whose writer never writes, as standard input and by name.
        let script = "exec 3<>'\(pipe)'; exec $0 --url $1 --clipboard none -i \"$2\" <&3"
        for input in ["-", pipe] {
            let arguments = ["-c", script, ServerProcess.path(of: "asr2clip"), try ServerProcess.shared().url, input]
            try await withProcess("/bin/bash", arguments, environment: folder.environment) { tool in
                try await eventually("it has made a place for what comes") { !folder.runs.isEmpty }
                tool.signal(number)
                #expect(try await tool.exit() == .exited(130))
            }
            #expect(folder.runs.isEmpty)
        }
    }

    @Test func silenceHasItsOwnStatusAndIsNotCopied() async throws {
        let outcome = try await transcribe(["-i", Fixtures.audio("silence_16k.wav"), "--clipboard", "xsel"])
        #expect(outcome.status == .exited(3))
        #expect(outcome.output == "" && outcome.error.contains("No speech was recognised"))
        let document = try await transcribe(["-i", Fixtures.audio("silence_16k.wav"), "--format", "json"])
        #expect(document.status == .exited(3))
        #expect(document.output == "{\"text\": \"\"}\n")
    }

    @Test func aFileWithoutSpeechIsReportedAndHasNoTranscript() async throws {
        let (target, url) = (files.file("texts"), try ServerProcess.shared().url)
        let recordings = ["silence_16k.wav", "en_word_16k.wav"].map(Fixtures.audio)
        for _ in 1...2 {
            let outcome = try await run(
                ["transcribe", "--url", url, "--output-dir", target, "--overwrite"] + recordings)
            #expect(outcome.status == .exited(0))
            #expect(outcome.error.contains("No speech was recognised, so no file was written."), "\(outcome.error)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["en_word_16k.txt"])
        }
        try files.write(Data("old words\n".utf8), to: "texts/silence_16k.txt")
        let again = try await run(
            ["transcribe", "--url", url, "--output-dir", target, "--overwrite", recordings[0]])
        #expect(again.status == .exited(3) && again.error.contains("silence_16k.txt' was removed"), "\(again.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["en_word_16k.txt"])
        let outcome = try await run(["transcribe", "--url", url, recordings[0]])
        #expect(outcome.status == .exited(3))
        #expect(outcome.output == "" && outcome.error == "asr2clip: No speech was recognised.\n")
    }

    @Test func anHTTPSAddressWithoutTLSIsReported() async throws {
        let url = try ServerProcess.shared().url.replacing("http:", with: "https:")
        let outcome = try await run(["--url", url, "-i", Fixtures.audio("en_word_16k.wav"), "--clipboard", "none"])
        #expect(outcome.status == .exited(1))
        #expect(outcome.error.contains("does not speak TLS. Write http://"), "\(outcome.error)")
    }

    @Test func aHintWithoutEffectIsReported() async throws {
        let outcome = try await transcribe(
            ["-i", Fixtures.audio("en_digits_16k.wav"), "--prompt", "Ada", "--clipboard", "none"])
        #expect(outcome.status == .exited(0))
        #expect(outcome.error.contains("The model makes no use of the prompt."), "\(outcome.error)")
    }

    @Test func aKeyIsNotSentToAServerNamedByTheCurrentFolder() async throws {
        try files.write(Data("api_base_url: http://speech.invalid/v1\n".utf8), to: "asr2clip.conf")
        let script = "cd $0; shift 0; exec $1 -i $2 --clipboard none"
        let result = try await runToEnd(
            "/bin/bash",
            ["-c", script, files.path, ServerProcess.path(of: "asr2clip"), Fixtures.audio("en_word_16k.wav")],
            environment: folder.environment.merging(["OPENAI_API_KEY": "secret"]) { $1 })
        #expect(result.error.contains("OPENAI_API_KEY is not sent to speech.invalid"), "\(result.error)")
        #expect(!result.error.contains("secret"))
    }

    @Test func theSubcommandWritesATranscriptPerFile() async throws {
        let target = files.file("texts")
        let recordings = ["en_digits_16k.wav", "zh_digits_16k.wav"].map { Fixtures.audio($0) }
        let arguments = ["transcribe", "--url", try ServerProcess.shared().url, "--output-dir", target] + recordings
        let outcome = try await run(arguments)
        #expect(outcome.status == .exited(0), "\(outcome.error)")
        #expect(outcome.output == "")
        #expect(outcome.error.split(separator: "\n").count == 2)
        #expect(outcome.error.contains("2/2 "))
        #expect(try String(contentsOfFile: target + "/en_digits_16k.txt", encoding: .utf8) == "one two three four\n")
        let again = try await run(arguments)
        #expect(again.status == .exited(1))
        #expect(again.error.contains("--overwrite"))
        #expect(try await run(arguments + ["--overwrite"]).status == .exited(0))
    }

    @Test func withoutConfigurationThreeLinesOfAdviceAreShown() async throws {
        // Nothing listens at the default address, unless the test machine runs a server.
        let outcome = try await run(["--url", "http://127.0.0.1:9", "-i", Fixtures.audio("en_digits_16k.wav")])
        #expect(outcome.status == .exited(1))
        let lines = outcome.error.split(separator: "\n")
        try #require(lines.count == 3, "\(outcome.error)")
        #expect(lines[0].contains("asr2clip-serve"))
        #expect(lines[1].contains("asr2clip --edit"))
        #expect(lines[2].contains("asr2clip models pull NAME"))
    }

    @Test(arguments: ["/v1/", "/v1", "", "/"])
    func theServersAddressIsAcceptedInAnyForm(ending: String) async throws {
        let yaml = "api_base_url: \"\(try ServerProcess.shared().url)\(ending)\"\napi_key: \"not-used\"\n"
        let file = try files.write(Data(yaml.utf8), to: "local_config.yaml")
        let outcome = try await run(["-c", file, "-i", Fixtures.audio("en_digits_16k.wav"), "--clipboard", "none"])
        #expect(outcome.output == "one two three four\n", "\(outcome.error)")
    }

    @Test func aMissingOrBrokenConfigurationIsNotReplacedByAnother() async throws {
        try FileManager.default.createDirectory(
            atPath: folder.home + "/.config/asr2clip", withIntermediateDirectories: true)
        try Data("model_name: good\n".utf8).write(to: URL(filePath: folder.home + "/.config/asr2clip/config.yaml"))
        #expect(try await run(["--print_config"]).output.contains("model_name: \"good\""))
        let missing = try await run(["-c", files.file("nowhere.yaml"), "--print_config"])
        #expect(missing.status == .exited(1) && missing.output == "" && missing.error.contains("nowhere.yaml"))
        let wrong = try files.write(Data("api_base_url: [1]\n".utf8), to: "wrong.yaml")
        let outcome = try await run(["-c", wrong, "--print_config"])
        #expect(outcome.status == .exited(1) && outcome.output == "" && outcome.error.contains("wrong.yaml:1"))
    }

    @Test func theGeneratedConfigurationIsPrivate() async throws {
        let path = files.file("new.yaml")
        let plain = try await run(["--generate_config"])
        #expect(plain.status == .exited(0) && plain.error == "")
        #expect(try await run(["--generate_config", "-c", path]).status == .exited(0))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == plain.output)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try await run(["--generate_config", "-c", path]).status == .exited(1))
        let fresh = files.file("fresh/home/config.yaml")
        #expect(try await run(["--generate_config", "-c", fresh]).status == .exited(0))
        #expect(try FileManager.default.attributesOfItem(atPath: fresh)[.posixPermissions] as? Int == 0o600)
        let redirected = try await bash("umask 022; ${tool%% *} --generate_config > $folder/redirected")
        #expect(redirected.status == .exited(0))
        let mode = try FileManager.default.attributesOfItem(atPath: files.file("redirected"))[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(try await run(["-c", path, "--print_config"]).output.contains("# from \(path)"))
    }

    @Test func theUsersEditorOpensTheFileWhichIsThenChecked() async throws {
        let path = folder.home + "/.config/asr2clip/config.yaml"
        let good = try await run(["-e"], ["EDITOR": "sh -c 'echo language: de >> \"$0\"'", "VISUAL": ""])
        #expect(good.status == .exited(0), "\(good.error)")
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("language: de\n"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let bad = try await run(["--edit"], ["VISUAL": "sh -c 'echo \"quiet: perhaps\" >> \"$0\"'"])
        #expect(bad.status == .exited(1) && bad.error.contains("quiet"))
        #expect(try await run(["-e"], ["EDITOR": "false"]).error.contains("'false' failed"))
    }

    @Test func aLocalEngineNeedsNoServer() async throws {
        let registry = try folder.write(TestRegistry([.paraformer, .hotwords]))
        let yaml = """
            engine: sherpa_onnx
            model_config_path: \(registry)
            model_name: hotwords
            num_threads: 1
            """
        let file = try files.write(Data(yaml.utf8), to: "own.yaml")
        for format in ["text", "srt"] {
            let outcome = try await run(
                ["-c", file, "-i", Fixtures.audio("en_word_16k.wav"), "--format", format, "--clipboard", "none"])
            #expect(outcome.status == .exited(0), "\(outcome.error)")
            #expect(outcome.output.contains("STOP\n") && outcome.error == "")
        }
        let hinted = try await run(
            ["-c", file, "-i", Fixtures.audio("en_homophones_16k.wav"), "--prompt", "for", "--clipboard", "none"])
        #expect(hinted.output == "FOR EIGHT RIGHT\n")
        let bad = try await run(["-c", file, "-i", Fixtures.audio("bad_text.wav"), "--clipboard", "none"])
        #expect(bad.status == .exited(1) && bad.error.contains("bad_text.wav"))
        let unknown = try await run(["-c", file, "--model", "nobody", "-i", Fixtures.audio("en_word_16k.wav")])
        #expect(unknown.status == .exited(1) && unknown.error.contains("'nobody'"))
        #expect(ProcessTable.processes(mentioning: registry).isEmpty && folder.runs.isEmpty)
    }

    @Test func theServeSubcommandServes() async throws {
        let setup = ServerProcess.Setup(TestRegistry([.paraformer]), ["serve"], executable: "asr2clip")
        try await withServer(setup) { server in
            let answer = try await APIClient(server).transcribe("en_word_16k.wav", ["model": "paraformer"])
            #expect(answer.body == #"{"text": "stop"}"#)
        }
    }
}

extension ServerFolder {
    fileprivate var subprocessEnvironment: [Environment.Key: String] {
        Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })
    }
}
