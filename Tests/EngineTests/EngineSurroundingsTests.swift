import Testing

@testable import EngineHost
@testable import Sandbox

/// What an engine process is given, and what is kept from it.
@Suite struct EngineSurroundingsTests {
    @Test func secretsAreKeptFromEngines() {
        let names = [
            "ASR2CLIP_API_KEY", "OPENAI_API_KEY", "hf_token", "DB_PASSWORD", "SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_ID",
            "PATH", "HOME", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "LANG", "TMPDIR",
        ]
        let removed = EngineEnvironment.changes(to: names).filter { $0.value == nil }
        #expect(Set(removed.keys.map(\.description)) == Set(names.prefix(6)))
    }

    @Test func theHeapIsSetUpUnlessTheUserHasDoneSo() {
        let changes = EngineEnvironment.changes(to: ["PATH"])
        #expect(changes["MALLOC_CONF"]??.contains("dirty_decay_ms:30000") == true)
        #expect(changes["MALLOC_CONF"]??.contains("thp:always") == true)
        #expect(!EngineEnvironment.changes(to: ["MALLOC_CONF"]).keys.contains("MALLOC_CONF"))
    }

    @Test(arguments: [
        ("0::/", ["/sys/fs/cgroup/memory.max"]),
        (
            "0::/user.slice/a.service",
            [
                "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/user.slice/memory.max",
                "/sys/fs/cgroup/user.slice/a.service/memory.max",
            ]
        ),
        (
            "5:cpu,cpuacct:/x\n4:memory:/docker/1\n1:name=systemd:/init",
            [
                "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes",
            ]
        ),
        ("", []), ("nonsense", []), ("3:cpuset:/", []),
    ])
    func memoryIsLimitedByTheGroupAndAllAroundIt(groups: String, files: [String]) {
        #expect(MachineMemory.limitFiles(of: groups) == files)
    }

    @Test(arguments: [("max\n", nil), ("536870912\n", 536_870_912), ("", nil), ("-1", nil)])
    func aLimitIsANumber(text: String, limit: Int?) {
        #expect(MachineMemory.limit(text) == limit)
    }

    @Test func thereIsMemory() {
        #expect(MachineMemory.available > 64 << 20)
    }
}
