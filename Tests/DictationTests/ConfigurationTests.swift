import Foundation
import TestSupport
import Testing

@testable import Dictation

@Suite struct ConfigurationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func configuration(
        _ yaml: String = "", environment: [String: String] = [:], flags: ConfigurationSettings = .init()
    ) throws -> ClientConfiguration {
        let path = try folder.write(Data(yaml.utf8), to: "asr2clip.conf")
        let file = try ConfigurationFile(path: path)
        return try ClientConfiguration(
            flags: flags, environment: ConfigurationSettings(environment: environment), file: file.settings, path: path)
    }

    private static let everything = """
        api_base_url: "https://api.example.org/v1/"
        api_key: sk-123
        model_name: sensevoice-small
        org_id: org-1
        quiet: true
        audio_device: 3
        language: en
        prompt: "Names: Ada"
        """

    @Test(arguments: [everything, "asr_model:\n" + everything.replacing(/(?m)^/, with: "  ")])
    func bothFormsOfTheFileAreEquivalent(yaml: String) throws {
        let read = try configuration(yaml)
        #expect(read.baseURL.absoluteString == "https://api.example.org/v1")
        #expect(read.settings.apiKey == Secret("sk-123"))
        #expect(read.settings.model == "sensevoice-small")
        #expect(read.settings.organization == "org-1")
        #expect(read.isQuiet)
        #expect(read.settings.audioDevice == "3")
        #expect(read.settings.language == "en")
        #expect(read.settings.prompt == "Names: Ada")
        #expect(read.settings.engine == nil)
    }

    @Test func theDocumentedFormIsAccepted() throws {
        let yaml =
            "api_base_url: \"http://localhost:8000/v1/\"\napi_key: \"not-used\"\nmodel_name: \"sensevoice-small\"\n"
        let read = try configuration(yaml)
        #expect(read.baseURL.absoluteString == "http://localhost:8000/v1")
        #expect(read.isLocal)
        #expect(read.settings.model == "sensevoice-small")
    }

    @Test(arguments: [
        ("http://h:1/v1/", "http://h:1/v1"), ("http://h:1/v1", "http://h:1/v1"), ("http://h:1", "http://h:1/v1"),
        ("http://h:1/", "http://h:1/v1"), ("https://h/open/api//", "https://h/open/api"),
        ("http://h:1/v1/audio/transcriptions", "http://h:1/v1"), ("http://h:1/v1/audio/translations/", "http://h:1/v1"),
    ])
    func anAddressMayEndWithASlashOrTheEndpoint(text: String, url: String) throws {
        #expect(try configuration("api_base_url: \(text)").baseURL.absoluteString == url)
    }

    @Test(arguments: [
        "localhost:8000", "ftp://h/v1", "http://", "http://h/v1?x=1", "http://127.0.0.1:65536/v1", "http://[::1]:99999",
        "http://127.0.0.1:18446744073709551616/v1", "http://127.0.0.1:0",
    ])
    func whatIsNoAddressIsRefused(text: String) throws {
        let error = #expect(throws: Failure.self) { try configuration("api_base_url: '\(text)'") }
        #expect(error?.description.contains("'\(text)'") == true)
    }

    @Test func flagsOverrideTheEnvironmentWhichOverridesTheFile() throws {
        let yaml = "api_base_url: http://file/v1\napi_key: file\norg_id: file\nmodel_name: file\nlanguage: file"
        var flags = ConfigurationSettings()
        flags.model = "flag"
        let environment = [
            "OPENAI_BASE_URL": "http://environment/v1", "OPENAI_API_KEY": "environment", "OPENAI_ORG_ID": "environment",
        ]
        let read = try configuration(yaml, environment: environment, flags: flags)
        #expect(read.baseURL.host == "environment")
        #expect(read.settings.apiKey == Secret("environment"))
        #expect(read.settings.organization == "environment")
        #expect(read.settings.model == "flag")
        #expect(read.settings.language == "file")
        #expect(try configuration(yaml, environment: ["OPENAI_API_KEY": ""]).settings.apiKey == Secret("file"))
    }

    @Test func theDefaultIsTheLocalServer() throws {
        let read = try configuration("# nothing\n")
        #expect(read.baseURL.absoluteString == "http://127.0.0.1:8000/v1")
        #expect(
            read.settings.apiKey == nil && read.settings.model == nil && !read.isQuiet && read.settings.engine == nil)
    }

    @Test func aKeyOfTheEnvironmentGoesToNoLocalServerThatItWasNotMeantFor() throws {
        #expect(try configuration(environment: ["OPENAI_API_KEY": "k"]).settings.apiKey == nil)
        let named = ["OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://localhost:9000/v1"]
        #expect(try configuration(environment: named).settings.apiKey == Secret("k"))
    }

    @Test(arguments: [
        ("http://127.0.0.1:1", true), ("http://127.9.9.9/v1", true), ("http://[::1]:8000/v1", true),
        ("http://LOCALHOST/v1", true), ("http://127.0.0.1.example.org/v1", false), ("http://192.168.1.2/v1", false),
        ("https://localhost.example.org", false),
    ])
    func localServersAreRecognised(url: String, isLocal: Bool) throws {
        #expect(try configuration("api_base_url: '\(url)'").isLocal == isLocal)
    }

    /// Speech that is sent while it is said cannot be taken back.
    @Test(arguments: [
        ("", nil, true), ("live: false", nil, false), ("live: false", true, true), ("live: true", false, false),
        ("api_base_url: http://h/v1", nil, false), ("api_base_url: http://h/v1\nlive: true", nil, true),
        ("api_base_url: http://h/v1\nlive: \"true\"", nil, true), ("api_base_url: http://h/v1", true, true),
        ("api_base_url: http://h/v1\nlive: true", false, false),
    ])
    func onlyAServerOnThisMachineHearsLiveUnlessTheUserSaysSo(yaml: String, flag: Bool?, hearsLive: Bool) throws {
        var flags = ConfigurationSettings()
        flags.live = flag
        #expect(try configuration(yaml, flags: flags).hearsLive == hearsLive)
    }

    @Test func aKeyFromTheEnvironmentIsNotSentToAServerNamedByTheCurrentFolder() throws {
        let key = ["OPENAI_API_KEY": "k"]
        func read(
            _ yaml: String, _ environment: [String: String], flags: ConfigurationSettings = .init(), isChosen: Bool
        )
            throws -> ClientConfiguration
        {
            let path = try folder.write(Data(yaml.utf8), to: "asr2clip.conf")
            return try ClientConfiguration(
                flags: flags, environment: ConfigurationSettings(environment: environment),
                file: ConfigurationFile(path: path).settings, path: path, isFileChosen: isChosen)
        }
        let elsewhere = "api_base_url: http://h/v1"
        let stranger = try read(elsewhere, key, isChosen: false)
        #expect(stranger.settings.apiKey == nil)
        #expect(stranger.keyWarning?.contains("is not sent to h") == true)
        #expect(try read(elsewhere + "\napi_key: own", key, isChosen: false).settings.apiKey == Secret("own"))
        #expect(try read(elsewhere, key, isChosen: true).settings.apiKey == Secret("k"))
        #expect(
            try read(elsewhere, key.merging(["OPENAI_BASE_URL": "http://h/v1"]) { $1 }, isChosen: false).settings.apiKey
                == Secret("k"))
        var flags = ConfigurationSettings()
        flags.baseURL = "http://h/v1"
        #expect(try read(elsewhere, key, flags: flags, isChosen: false).settings.apiKey == Secret("k"))
        #expect(try read("language: en", key, isChosen: false).keyWarning == nil)
    }

    @Test func onlyAFileFoundInTheCurrentFolderCountsAsUnchosen() throws {
        let path = try folder.write(Data("language: en".utf8), to: "asr2clip.conf")
        let places = ConfigurationFile.places(environment: [:], home: folder.file("home"), currentFolder: folder.path)
        #expect(try ConfigurationFile.find(named: nil, places: places)?.isChosen == false)
        #expect(try ConfigurationFile.find(named: path, places: places)?.isChosen == true)
        #expect(try ConfigurationFile.find(named: nil, places: ["/nowhere", path])?.isChosen == true)
        #expect(try ConfigurationFile.find(named: nil, places: [path, path])?.isChosen == true)
    }

    @Test func theFileConfiguresDictation() throws {
        let yaml = """
            vad: "true"
            interval: 20
            silence_duration: 0.5
            silence_threshold: 0.4
            clipboard: xsel
            copy: session
            output: ~/notes.txt
            """
        let read = try configuration(yaml).settings
        #expect(read.mode == .utterances(silence: .milliseconds(500), longest: .seconds(20)))
        #expect(read.silenceThreshold == 0.4 && read.clipboard == .only(.xsel) && read.copyMode == .session)
        #expect(read.output == "~/notes.txt")
        var flags = ConfigurationSettings()
        flags.vad = false
        flags.clipboard = ClipboardChoice.none
        let joined = try configuration(yaml, flags: flags).settings
        #expect(joined.mode == .intervals(.seconds(20)) && joined.clipboard == ClipboardChoice.none)
        #expect(joined.copyMode == .session)
    }

    @Test func aFileMayBeAPipeAndBeginWithAByteOrderMark() throws {
        let path = folder.file("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let text = "\u{FEFF}language: en\nprompt: \(String(repeating: "x", count: 200_000))\n"
        let writer = Thread {
            let pipe = FileHandle(forWritingAtPath: path)
            try? pipe?.write(contentsOf: Data(text.utf8))
        }
        writer.start()
        let settings = try ConfigurationFile(path: path).settings
        #expect(settings.language == "en" && settings.prompt?.count == 200_000)
    }

    @Test func thePythonToolsFormsAreAccepted() throws {
        let read = try configuration("engine: openai_compat\nquiet: \"true\"")
        #expect(read.settings.engine == nil && read.isQuiet)
    }

    @Test func aLocalEngineCanBeConfigured() throws {
        let yaml = """
            engine: sherpa_onnx
            model_name: moonshine-tiny-en
            model_config_path: /r.yaml
            model_dir: /m
            num_threads: 2
            """
        let engine = LocalEngineConfiguration(registry: "/r.yaml", modelDirectory: "/m", numThreads: 2)
        #expect(try configuration(yaml).settings.engine == engine)
        var flags = ConfigurationSettings()
        flags.baseURL = "http://localhost/v1"
        #expect(try configuration(yaml, flags: flags).settings.engine == nil)
    }

    @Test(arguments: [
        ("engine: whisper_cpp", ":1: The engine 'whisper_cpp' is not known"), ("- a", ":1:"), ("quiet: perhaps", ":1:"),
        ("quiet: true\napi_base_url: {", ":3: This is not YAML"),
        ("quiet: true\nquiet: false", ":1: The key quiet is written again"),
        ("interval: 0", ":1: 'interval' must be a number from 1.0 to 3600.0"),
        ("clipboard: paper", ":1: 'clipboard' must be one of auto"), ("copy: all", "one of last, session"),
        ("language: en\nnum_threads: 0", ":2:"), ("asr_model:\n  quiet: 3", ":2:"),
    ])
    func mistakesAreNamedByFileAndLine(yaml: String, words: String) throws {
        let error = #expect(throws: Failure.self) { try configuration(yaml) }
        #expect(error?.description.contains("asr2clip.conf") == true)
        #expect(error?.description.contains(words) == true, "\(error as Any)")
    }

    @Test func unknownKeysAndReadableFilesCauseWarnings() throws {
        let path = try folder.write(Data("api_kee: x\napi_key: y\n".utf8), to: "open.conf")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let warnings = try ConfigurationFile(path: path).warnings
        #expect(warnings.count == 2)
        #expect(warnings[0].hasPrefix("\(path):1:") && warnings[0].contains("api_kee"))
        #expect(warnings[1].contains("chmod 600"))
    }

    @Test func theFirstPlaceThatHasAFileWins() throws {
        let home = folder.file("home")
        try FileManager.default.createDirectory(atPath: home + "/.config/asr2clip", withIntermediateDirectories: true)
        let places = ConfigurationFile.places(environment: [:], home: home, currentFolder: folder.path)
        #expect(
            places == [
                folder.path + "/asr2clip.conf", home + "/.config/asr2clip/config.yaml", home + "/.config/asr2clip.conf",
                home + "/.asr2clip.conf",
            ])
        #expect(try ConfigurationFile.find(named: nil, places: places) == nil)
        for place in places.reversed() {
            try Data("language: en".utf8).write(to: URL(filePath: place))
            #expect(try ConfigurationFile.find(named: nil, places: places)?.path == place)
        }
        let elsewhere = ConfigurationFile.places(
            environment: ["XDG_CONFIG_HOME": "/xdg"], home: home, currentFolder: "/here")
        #expect(elsewhere[1] == "/xdg/asr2clip/config.yaml")
        let relative = ConfigurationFile.places(
            environment: ["XDG_CONFIG_HOME": "xdg"], home: home, currentFolder: "/here")
        #expect(relative[1] == home + "/.config/asr2clip/config.yaml")
    }

    @Test func aMissingOrBrokenNamedFileIsNotReplacedByAnother() throws {
        let places = [try folder.write(Data("language: en".utf8), to: "there.conf")]
        let missing = folder.file("missing.conf")
        let error = #expect(throws: Failure.self) {
            try ConfigurationFile.find(named: missing, places: places)
        }
        #expect(error?.description.contains(missing) == true)
        let wrong = try folder.write(Data([0xFF, 0xFE, 0x00]), to: "wrong.conf")
        #expect(throws: Failure.self) { try ConfigurationFile.find(named: wrong, places: places) }
    }

    @Test func theTemplateIsAValidConfiguration() throws {
        var warnings: [String] = []
        let settings = try ConfigurationFile.settings(ConfigurationTemplate.text, path: "t", warnings: &warnings)
        #expect(settings.baseURL == ClientConfiguration.localServer)
        #expect(warnings == [])
        let full = ConfigurationTemplate.text.replacing(/(?m)^# (?=[a-z_]+: )/, with: "")
        _ = try ConfigurationFile.settings(full, path: "t", warnings: &warnings)
        #expect(warnings == [])
        let path = folder.file("fresh/home/new.yaml")
        try ConfigurationTemplate.write(to: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(throws: Failure.self) { try ConfigurationTemplate.write(to: path) }
    }

    @Test func thePrintedConfigurationCanBeReadExceptTheKey() throws {
        let printed = try configuration(Self.everything.replacing("Ada", with: #"A\"d\\a"#)).yaml
        #expect(!printed.contains("sk-123"))
        var warnings: [String] = []
        let settings = try ConfigurationFile.settings(printed, path: "p", warnings: &warnings)
        #expect(settings.prompt == #"Names: A"d\a"#)
        #expect(settings.model == "sensevoice-small" && settings.isQuiet == true && warnings == [])
    }
}
