import Testing

@testable import Essentials

/// The maximum memory for an engine.
@Suite struct MachineMemoryTests {
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
    func memoryIsLimitedByTheControlGroupAndItsParents(groups: String, files: [String]) {
        #expect(MachineMemory.limitFiles(of: groups) == files)
    }

    @Test(arguments: [("max\n", nil), ("536870912\n", 536_870_912), ("", nil), ("-1", nil)])
    func aLimitIsANumber(text: String, limit: Int?) {
        #expect(MachineMemory.limit(text) == limit)
    }
}
