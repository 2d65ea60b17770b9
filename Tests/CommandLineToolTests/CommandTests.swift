import ArgumentParser
import Logging
import Testing

@testable import CommandLineTool

@Suite struct CommandTests {
    /// All options of the server, each with a value.
    static let everything = [
        "--host", "::1", "--port", "0", "--model-dir", "/m", "--num-threads", "3", "--config", "/r.yaml",
        "--default-model", "tiny", "--max-upload-size", "5M", "--max-duration", "2h", "--model-wait", "9s",
        "--log-level", "DEBUG",
    ]

    @Test(arguments: [false, true])
    func bothCommandsTakeTheSameOptions(isClip: Bool) throws {
        let options =
            if isClip {
                try ClipCommand.parse(["--serve"] + Self.everything).options
            } else {
                try ServeCommand.parse(Self.everything).options
            }
        #expect(options.host == "::1")
        #expect(options.port == 0)
        #expect(options.registry.modelDirectory == "/m")
        #expect(options.numThreads == 3)
        #expect(options.registry.config == "/r.yaml")
        #expect(options.defaultModel == "tiny")
        #expect(options.maximumUpload?.bytes == 5 << 20)
        #expect(options.maximumDuration?.duration == .seconds(7_200))
        #expect(options.modelWait?.duration == .seconds(9))
        #expect(options.logLevel?.level == .debug)
    }

    @Test func anOptionNotGivenHasNoValue() throws {
        let command = try ServeCommand.parse([])
        #expect(!command.downloadModel)
        #expect(
            command.options.host == nil && command.options.port == nil && command.options.registry.modelDirectory == nil
        )
        #expect(command.options.numThreads == nil && command.options.registry.config == nil)
        #expect(command.options.defaultModel == nil && command.options.maximumUpload == nil)
        #expect(command.options.maximumDuration == nil && command.options.modelWait == nil)
        #expect(command.options.logLevel == nil)
    }

    @Test(arguments: [["--serve", "-c", "/r.yaml"], ["-c", "/r.yaml", "--download-model"]])
    func theShortOptionNamesTheRegistryWhenServingOrFetching(arguments: [String]) throws {
        #expect(try ClipCommand.parse(arguments).options.registry.config == "/r.yaml")
    }

    @Test(arguments: [
        ([], "Say what to do"), (["-c", "/r.yaml"], "Say what to do"),
        (["--serve", "--download-model"], "exclude one another"),
        (["--serve", "--port", "65536"], "The port 65536 is not from 0 to 65535."),
        (["--serve", "speech.wav"], "Unexpected argument"),
        (["--download-model", "--num-threads", "0"], "must be 1 or more, not 0"),
    ])
    func aWrongCallOfTheToolIsExplained(arguments: [String], words: String) {
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
        (["--model-wait", "soon"], "--model-wait"), (["--log-level", "loud"], "--log-level"),
        (["--serve"], "--serve"), (["serve"], "serve"), (["--unknown"], "--unknown"),
    ])
    func aWrongCallOfTheServerIsExplained(arguments: [String], words: String) {
        let error = #expect(throws: (any Error).self) { try ServeCommand.parse(arguments) }
        #expect(error.map { ServeCommand.fullMessage(for: $0).contains(words) } == true)
        #expect(error.map { ServeCommand.exitCode(for: $0) } == .validationFailure)
    }

    @Test(arguments: [
        "--host", "--port", "--model-dir", "--num-threads", "--config", "-c", "--default-model", "--max-upload-size",
        "--max-duration", "--model-wait", "--log-level", "--download-model", "--version", "--help",
        "ASR2CLIP_MODEL_DIR", "127.0.0.1", "8000", "critical",
    ])
    func theHelpOfBothCommandsMentions(word: String) {
        #expect(ServeCommand.helpMessage().contains(word))
        #expect(ClipCommand.helpMessage().contains(word))
    }

    @Test func theHelpShowsWhatToTry() {
        let call = "audio/transcriptions \\\n    -F file=@speech.wav -F model=sensevoice-small"
        #expect(ServeCommand.helpMessage().contains(call))
        #expect(ClipCommand.helpMessage().contains("asr2clip --serve"))
    }

    @Test(arguments: ["--help", "-h", "--version"])
    func helpAndVersionEndWell(flag: String) {
        let error = #expect(throws: (any Error).self) { try ServeCommand.parse([flag]) }
        #expect(error.map { ServeCommand.exitCode(for: $0) } == .success)
    }

    @Test func theVersionIsPlain() {
        let error = #expect(throws: (any Error).self) { try ServeCommand.parse(["--version"]) }
        #expect(error.map { ServeCommand.message(for: $0) } == Version.text)
    }
}
