import APIServer
import ArgumentParser
import Dictation
import EngineLink
import Logging
import Testing

@testable import CommandLineTool

@Suite struct CommandTests {
    /// All options of the server, each with a value if it takes one.
    static let everything = [
        "--host", "::1", "--port", "0", "--model-dir", "/m", "--num-threads", "3", "--config", "/r.yaml",
        "--default-model", "tiny", "--max-upload-size", "5M", "--max-duration", "2h", "--model-wait", "9s",
        "--load-timeout", "4m",
        "--max-queue", "7", "--keep-alive", "2h", "--max-loaded-models", "5", "--drain-delay", "10",
        "--log-level", "DEBUG", "--api-key", "a", "--api-key", "b", "--api-key-file", "/k",
        "--allowed-host", "speech.example", "--cors-origin", "app://obsidian.md", "--cors-origin", "*",
        "--max-connections", "7", "--header-timeout", "3s", "--idle-timeout", "4s", "--min-upload-rate", "1K",
        "--max-sessions", "3", "--session-idle-timeout", "2m", "--no-model-changes",
    ]

    private func expectEverything(in options: ServeOptions) {
        #expect(options.host == "::1")
        #expect(options.port == 0)
        #expect(options.threads.numThreads == 3)
        #expect(options.defaultModel == "tiny")
        #expect(options.maxUploadSize?.bytes == 5 << 20)
        #expect(options.maxDuration?.duration == .seconds(7_200))
        #expect(options.modelWait?.duration == .seconds(9))
        #expect(options.loadTimeout?.duration == .seconds(240))
        #expect(options.logLevel?.level == .debug)
        #expect(options.noModelChanges)
        #expect(options.maxQueue == 7 && options.maxLoadedModels == 5)
        #expect(options.keepAlive?.duration == .seconds(7_200))
        #expect(options.drainDelay?.duration == .seconds(10))
        #expect(options.apiKey == ["a", "b"] && options.apiKeyFile == "/k")
        #expect(options.allowedHost == [HostName("speech.example")])
        #expect(options.corsOrigin == [AllowedOrigin("app://obsidian.md"), .any])
        let limits = options.connectionLimits
        #expect(limits.maximum == 7 && limits.headTime == .seconds(3) && limits.idleTime == .seconds(4))
        #expect(limits.minimumRate == 1024)
        #expect(options.maxSessions == 3 && options.sessionIdleTimeout?.duration == .seconds(120))
    }

    @Test func allFormsOfTheServerHaveTheSameOptions() throws {
        let clip = try ClipCommand.parse(["--serve"] + Self.everything)
        expectEverything(in: clip.server)
        #expect(clip.models.modelDir == "/m" && clip.action.config == "/r.yaml")
        let serve = try ServeCommand.parse(Self.everything)
        expectEverything(in: serve.options)
        #expect(serve.registry.models.modelDir == "/m" && serve.registry.config == "/r.yaml")
        let subcommand = try ServeSubcommand.parse(Self.everything)
        expectEverything(in: subcommand.options)
        #expect(subcommand.registry.models.modelDir == "/m" && subcommand.registry.config == "/r.yaml")
    }

    @Test func anOptionNotGivenHasNoValue() throws {
        let command = try ServeCommand.parse([])
        #expect(!command.downloadModel)
        #expect(command.options.given.isEmpty && command.options.threads.numThreads == nil)
        #expect(command.registry.config == nil && command.registry.models.modelDir == nil)
    }

    @Test(arguments: [
        (["--serve", "--download-model"], "--serve and --download-model exclude one another"),
        (["-i", "a.wav", "--retry"], "-i and --retry exclude one another"),
        (["--port", "1"], "--port belongs to --serve"), (["--retry", "--vad"], "--retry has none"),
        (["--test", "--duration", "5"], "--test has none"), (["--discard"], "--discard belongs to --retry"),
        (["--format", "json"], "use it with -i FILE"), (["--duration", "0"], "from 0.1 to 86400"),
        (["--vad", "--silence_threshold", "1.5"], "from 0.01 to 0.99"), (["--interval", "0"], "from 1 to 3600"),
        (["--interval", "7200"], "3600 seconds, not 7200."),
        (["--vad", "--silence-duration", "0"], "from 0.1 to 60"),
        (["--serve", "--port", "65536"], "The port 65536 is not from 0 to 65535."),
        (["--serve", "--max-connections", "0"], "must be 1 or more, not 0"),
        (["--serve", "--allowed-host", "http://speech.example"], "'http://speech.example' is invalid"),
        (["--serve", "--cors-origin", "notes.example"], "'notes.example' is invalid"),
        (["--cors-origin", "*"], "--cors-origin belongs to --serve"),
        (["--serve", "speech.wav"], "Unexpected argument"),
        (["--download-model", "--num-threads", "0"], "must be 1 or more, not 0"),
    ])
    func badUsageOfTheToolIsExplained(arguments: [String], words: String) {
        let error = #expect(throws: (any Error).self) { try ClipCommand.parse(arguments) }
        #expect(error.map { ClipCommand.message(for: $0).contains(words) } == true)
        #expect(error.map { ClipCommand.exitCode(for: $0) } == .validationFailure)
    }

    @Test(arguments: [
        (["--port", "http"], "--port"), (["--port", "-1"], "--port"),
        (["--port=-1"], "The port -1 is not from 0 to 65535."),
        (["--port", "65536"], "The port 65536 is not from 0 to 65535."), (["--port"], "--port"),
        (["--num-threads", "0"], "must be 1 or more, not 0"), (["--num-threads", "many"], "--num-threads"),
        (["--max-upload-size", "much"], "--max-upload-size"), (["--max-duration", "0"], "--max-duration"),
        (["--model-wait", "soon"], "--model-wait"), (["--max-queue", "0"], "must be 1 or more, not 0"),
        (["--max-loaded-models", "0"], "must be 1 or more, not 0"), (["--keep-alive", "long"], "--keep-alive"),
        (["--drain-delay", "61m"], "--drain-delay"), (["--drain-delay=-1"], "--drain-delay"),
        (["--log-level", "loud"], "--log-level"),
        (["--serve"], "--serve"), (["serve"], "serve"), (["--unknown"], "--unknown"),
    ])
    func badUsageOfTheServerIsExplained(arguments: [String], words: String) {
        let error = #expect(throws: (any Error).self) { try ServeCommand.parse(arguments) }
        #expect(error.map { ServeCommand.fullMessage(for: $0).contains(words) } == true)
        #expect(error.map { ServeCommand.exitCode(for: $0) } == .validationFailure)
    }

    @Test(arguments: [
        ([], ListeningMode.untilStopped), (["--interval", "20"], .intervals(.seconds(20))),
        (["--vad"], .utterances(silence: .milliseconds(1500), longest: .seconds(60))),
        (["--vad", "--silence_duration", "0.5"], .utterances(silence: .milliseconds(500), longest: .seconds(60))),
        (
            ["--interval", "9", "--vad", "--silence-duration", "2"],
            .utterances(silence: .seconds(2), longest: .seconds(9))
        ),
    ])
    func theListeningModeFollowsFromTheOptions(arguments: [String], mode: ListeningMode) throws {
        #expect(try ClipCommand.parse(arguments).dictation.settings.mode == mode)
    }

    @Test func utteranceOptionsNeedVADFromAFlagOrTheFile() throws {
        let options = try ClipCommand.parse(["--silence_duration", "1"]).dictation
        #expect(throws: Failure.self) { try options.check(with: options.settings) }
        var configured = options.settings
        configured.vad = true
        try options.check(with: configured)
        #expect(try ClipCommand.parse(["--no-vad"]).dictation.settings.vad == false)
    }

    @Test(arguments: [
        ["-i", "a.wav"], ["-ia.wav"], ["--input=a.wav"], ["-i", "a.wav", "--vad"],
        ["-i", "a.wav", "--interval", "5", "--silence_duration", "1"],
    ])
    func inputFilesAreAcceptedAsInThePythonTool(arguments: [String]) throws {
        let command = try ClipCommand.parse(arguments)
        #expect(command.action.action == .transcribe && command.action.inputs == ["a.wav"])
    }

    @Test func otherOptionsOfThePythonToolAreAccepted() throws {
        #expect(try ClipCommand.parse(["--stdin"]).action.inputs == ["-"])
        #expect(try ClipCommand.parse(["-d", "5"]).dictation.duration == 5)
        #expect(try ClipCommand.parse(["-oa.txt", "-cb.conf"]).texts.output == "a.txt")
    }

    @Test(arguments: [
        (["--inp", "a.wav"], ["--input", "a.wav"]), (["--inp=a.wav"], ["--input=a.wav"]),
        (["--list_dev"], ["--list_devices"]),
        (["--gen"], ["--generate_config"]), (["--silence-d", "1"], ["--silence_duration", "1"]), (["--vad"], ["--vad"]),
        (["--silence", "1"], ["--silence", "1"]), (["--unheard"], ["--unheard"]),
        (["-i", "--", "--inp"], ["-i", "--", "--inp"]),
    ])
    func anUnambiguousPrefixOfAnOptionIsAccepted(arguments: [String], whole: [String]) {
        let completed = OptionNames(of: ClipCommand.self).completing(arguments)
        #expect(completed.map { $0.replacing("-", with: "_") } == whole.map { $0.replacing("-", with: "_") })
    }

    @Test(arguments: [
        (SessionOutcome.delivered, nil), (.silent, ExitCode(3)), (.notCopied, ExitCode(4)), (.failed, ExitCode.failure),
    ])
    func theExitStatusTellsWhetherThereIsText(outcome: SessionOutcome, code: ExitCode?) {
        #expect(outcome.exitCode == code)
        var mixed = outcome
        mixed += .failed
        #expect(mixed.exitCode == .failure)
    }

    @Test(arguments: [["--jobs", "2"], ["--force"], ["--jobs", "0", "-r"], ["-r", "-"]])
    func optionsOfArchivesNeedFoldersOrFiles(arguments: [String]) {
        #expect(throws: (any Error).self) { try TranscribeCommand.parse(arguments + ["a"]) }
    }

    @Test func anArchiveNeedsNoOutputFolder() throws {
        let command = try TranscribeCommand.parse(["-r", "a", "--jobs", "64", "--force", "--overwrite"])
        #expect(command.archive.recursive && command.archive.jobs == 64)
        #expect(throws: (any Error).self) { try TranscribeCommand.parse(["--overwrite", "a"]) }
    }

    @Test(arguments: ["input", "output", "config"])
    func completionsOfferTheNamesOfFiles(option: String) {
        let script = ClipCommand.completionScript(for: .zsh).split(separator: "\n")
        let lines = script.filter { $0.contains("--\(option)") && !$0.contains("output_dir") }
        #expect(!lines.isEmpty && lines.allSatisfy { $0.contains("_files") }, "\(lines)")
    }

    @Test(arguments: [
        "--vad", "--interval", "--silence_threshold", "--silence_duration", "--device", "--input", "--format",
        "--model",
        "--language", "--prompt", "--quiet", "--output", "--clipboard", "--retry", "--test", "--list_devices", "--edit",
        "--generate_config", "--print_config", "--serve", "transcribe", "wl-copy", "osc52", "srt", "asr2clip.conf",
        "--copy", "--no-vad", "--duration", "--discard", "asr2clip serve --help",
    ])
    func theHelpOfTheToolMentions(word: String) {
        #expect(ClipCommand.helpMessage().contains(word))
    }

    @Test(arguments: [
        "--host", "--port", "--model-dir", "--num-threads", "--config", "-c", "--default-model", "--max-upload-size",
        "--max-duration", "--model-wait", "--log-level", "--download-model", "--version", "--help",
        "ASR2CLIP_MODEL_DIR", "--model-mirror", "ASR2CLIP_MODEL_MIRROR", "127.0.0.1", "8000", "critical",
    ])
    func theHelpOfBothCommandsMentions(word: String) {
        #expect(ServeCommand.helpMessage().contains(word))
        #expect(ClipCommand.helpMessage(includeHidden: true).contains(word))
    }

    @Test func theHelpOfTheToolIsShortAndBeginsWithTheTool() {
        let help = ClipCommand.helpMessage()
        #expect(!help.contains("--max-upload-size"))
        #expect(help.split(separator: "\n", omittingEmptySubsequences: false).count < 100)
    }

    @Test func theHelpShowsExamples() {
        let call = "audio/transcriptions \\\n    -F file=@speech.wav -F model=sensevoice-small"
        #expect(ServeCommand.helpMessage().contains(call))
        #expect(ClipCommand.helpMessage().contains("asr2clip --serve"))
    }

    @Test(arguments: ["--help", "-h", "--version", "-v"])
    func helpAndVersionExitSuccessfully(flag: String) {
        let error = #expect(throws: (any Error).self) { try ServeCommand.parse([flag]) }
        #expect(error.map { ServeCommand.exitCode(for: $0) } == .success)
    }

    @Test func theVersionIsANumber() {
        let error = #expect(throws: (any Error).self) { try ServeCommand.parse(["--version"]) }
        #expect(error.map { ServeCommand.message(for: $0) } == Version.text)
    }
}
