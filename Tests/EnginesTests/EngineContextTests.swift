import Testing

@testable import EngineHost

/// The environment of an engine process, and what is withheld from it.
@Suite struct EngineContextTests {
    @Test func enginesGetNoSecretsOfTheEnvironment() {
        let names = [
            "ASR2CLIP_API_KEY", "OPENAI_API_KEY", "hf_token", "DB_PASSWORD", "SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_ID",
            "PATH", "HOME", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "LANG", "TMPDIR",
        ]
        let removed = EngineEnvironment.changes(to: names).filter { $0.value == nil }
        #expect(Set(removed.keys.map(\.description)) == Set(names.prefix(6)))
    }

    @Test func anExistingHeapSettingIsKept() {
        #expect(EngineEnvironment.changes(to: ["PATH"]).keys.contains("MALLOC_CONF"))
        #expect(!EngineEnvironment.changes(to: ["MALLOC_CONF"]).keys.contains("MALLOC_CONF"))
    }
}
