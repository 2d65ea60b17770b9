import Testing

@testable import ModelStore

struct PathsTests {
    struct Case: Sendable {
        var environment = ["HOME": "/home/ada"]
        var modelDirectory: String?
        var config: String?
        let models: String
        let registry: String
    }

    @Test(arguments: [
        Case(models: "/home/ada/.local/share/asr2clip/models", registry: "/home/ada/.local/share/asr2clip/models.yaml"),
        Case(
            environment: ["HOME": "/home/ada", "XDG_DATA_HOME": "/data"], models: "/data/asr2clip/models",
            registry: "/data/asr2clip/models.yaml"),
        // The XDG specification: relative values are invalid.
        Case(
            environment: ["HOME": "/home/ada", "XDG_DATA_HOME": "data"],
            models: "/home/ada/.local/share/asr2clip/models", registry: "/home/ada/.local/share/asr2clip/models.yaml"),
        Case(
            environment: ["HOME": "/home/ada", "XDG_DATA_HOME": "", "ASR2CLIP_MODEL_DIR": ""],
            models: "/home/ada/.local/share/asr2clip/models", registry: "/home/ada/.local/share/asr2clip/models.yaml"),
        Case(
            environment: ["HOME": "/home/ada", "ASR2CLIP_MODEL_DIR": "~/models/"], models: "/home/ada/models",
            registry: "/home/ada/.local/share/asr2clip/models.yaml"),
        Case(
            environment: ["HOME": "/home/ada", "ASR2CLIP_MODEL_DIR": "/env"], modelDirectory: "flag",
            config: "./my.yaml", models: "/here/flag", registry: "/here/my.yaml"),
    ])
    func flagOverridesEnvironmentOverridesDefault(row: Case) {
        let paths = ModelPaths(
            environment: row.environment, modelDirectory: row.modelDirectory, registryFile: row.config,
            currentFolder: "/here")
        #expect(paths.modelsRoot == row.models)
        #expect(paths.registryFile == row.registry)
        #expect(paths.registryIsDefault == (row.config == nil))
    }

    @Test(arguments: [
        (Case(models: "", registry: ""), ""),
        (
            Case(modelDirectory: "/m", config: "my.yaml", models: "", registry: ""),
            " --config /here/my.yaml --model-dir /m"
        ),
        (
            Case(environment: ["HOME": "/", "ASR2CLIP_MODEL_DIR": "/my models"], models: "", registry: ""),
            " --model-dir '/my models'"
        ),
        (Case(config: "/it's;$(x)", models: "", registry: ""), #" --config '/it'\''s;$(x)'"#),
        (
            Case(environment: ["HOME": "/", "ASR2CLIP_MODEL_MIRROR": "http://m.org/x"], models: "", registry: ""),
            " --model-mirror http://m.org/x"
        ),
        (
            Case(
                environment: ["HOME": "/", "ASR2CLIP_MODEL_MIRROR": "http://me:secret@m.org"], models: "", registry: ""),
            " --model-mirror URL"
        ),
    ])
    func theFlagsAreThoseThatDifferFromTheDefaults(row: Case, flags: String) {
        let paths = ModelPaths(
            environment: row.environment, modelDirectory: row.modelDirectory, registryFile: row.config,
            currentFolder: "/here")
        #expect(paths.flags == flags)
    }

    @Test(arguments: [
        ("voice", "/data/asr2clip/models/voice"), ("a/./b/", "/data/asr2clip/models/a/b"),
        ("/opt/voice", "/opt/voice"), ("~/voice", "/home/ada/voice"), ("~", "/home/ada"),
        ("~voice", "/data/asr2clip/models/~voice"),
    ])
    func aRelativeDirIsBelowTheModelsRoot(dir: String, path: String) {
        let paths = ModelPaths(environment: ["HOME": "/home/ada", "XDG_DATA_HOME": "/data"], currentFolder: "/here")
        #expect(paths.directory(dir) == path)
    }

    @Test(arguments: [
        ("a.txt", "a.txt"), ("./a//b/.", "a/b"), (".", ""), ("", ""), ("/a", nil), ("..", nil), ("a/../b", nil),
        ("a/..", nil), ("..a", "..a"), ("../\u{301}a", nil), ("/\u{301}a", nil), ("a/\u{301}b", "a/\u{301}b"),
        ("a\0", nil),
    ])
    func relativePathsStayBelowTheirStart(path: String, text: String?) {
        #expect(RelativePath(path)?.text == text)
    }

    @Test(arguments: [
        ("l", "file", true), ("a/l", "../file", true), ("a/b/l", "../../file", true), ("l", "./a/b", true),
        ("l", "../file", false), ("a/l", "../../file", false), ("l", "/etc/passwd", false), ("l", "", false),
        ("l", "a/../b", false), ("a/l", "../b/../../c", false),
        ("l", "/\u{301}a", false), ("l", "../\u{301}a", false), ("l", "a/../\u{301}b", false), ("l", "a/..\0", false),
    ])
    func linksThatCouldLeadOutAreDetected(link: String, target: String, isInside: Bool) throws {
        #expect(try #require(RelativePath(link)).linkStaysInside(target: target) == isInside)
    }
}
