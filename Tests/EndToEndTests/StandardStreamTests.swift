import Foundation
import Subprocess
import TestSupport
import Testing

/// Standard output and standard error that cannot be written, in both programs.
@Suite(.serialized)
struct StandardStreamTests {
    /// The state of a file descriptor as set by a shell.
    enum Damage: String, CaseIterable {
        case full = "/dev/full"
        case closed = "&-"
        /// A pipe whose reader has closed it.
        case broken = "&4"
    }

    private static let executables = ["asr2clip-serve", "asr2clip"]
    private let folder: ServerFolder
    private let registry: String

    init() throws {
        folder = try ServerFolder()
        registry = try folder.write(TestRegistry([.paraformer]))
    }

    /// Runs a program with redirected file descriptors.
    private func run(
        _ executable: String, _ arguments: [String], _ redirections: String
    ) async throws -> (status: TerminationStatus, output: String, error: String) {
        try await runToEnd(
            "/bin/bash", ["-c", Self.script(redirections), "bash", ServerProcess.path(of: executable)] + arguments,
            environment: folder.environment)
    }

    /// File descriptor 4 is a pipe whose reader is gone before the program starts.
    private static func script(_ redirections: String) -> String {
        #"exec 4> >(exit); wait $!; exec "$@" \#(redirections) 4>&-"#
    }

    @Test(arguments: executables, Damage.allCases)
    func anUnwritableMessageDoesNotChangeTheStatus(executable: String, damage: Damage) async throws {
        let redirection = "2>\(damage.rawValue)"
        let usage = try await run(executable, ["--nonsense"], redirection)
        #expect(usage.status == .exited(64) && usage.output == "" && usage.error == "")
        let failure = try await run(
            executable, ["--config", folder.path + "/nowhere", "--download-model"], redirection)
        #expect(failure.status == .exited(1) && failure.output == "" && failure.error == "")
    }

    @Test(arguments: Damage.allCases)
    func commandsWorkWithUnwritableMessages(damage: Damage) async throws {
        let redirection = "2>\(damage.rawValue)"
        let path = folder.path + "/new.conf"
        let written = try await run("asr2clip", ["--generate_config", "-c", path], redirection)
        #expect(written.status == .exited(0) && FileManager.default.fileExists(atPath: path))
        let again = try await run("asr2clip", ["--generate_config", "-c", path], redirection)
        #expect(again.status == .exited(1))
        let kept = try await run("asr2clip", ["models", "remove", "paraformer", "--config", registry], redirection)
        #expect(kept.status == .exited(1))
        // Nothing listens there.
        let unheard = try await run(
            "asr2clip", ["transcribe", "--url", "http://127.0.0.1:9/v1", Fixtures.audio("en_word_16k.wav")], redirection
        )
        #expect(unheard.status == .exited(1) && unheard.output == "")
    }

    @Test(arguments: Damage.allCases)
    func anUnwritableTextIsAnError(damage: Damage) async throws {
        let reason =
            switch damage {
            case .full: "No space left on device"
            case .closed: "Bad file descriptor"
            case .broken: "Broken pipe"
            }
        let models = [[], ["list", "--json"], ["show", "paraformer"], ["check"], ["pull", "paraformer"]]
        let commands =
            [
                ["--version"], ["--help"], ["models", "--help"], ["--generate-completion-script", "bash"],
                ["--generate_config"], ["--print_config"],
            ] + models.map { ["models"] + $0 + ["--config", registry] }
        for command in commands {
            let result = try await run("asr2clip", command, ">\(damage.rawValue)")
            #expect(result.status == .exited(1), "\(command)")
            #expect(result.error == "asr2clip: Cannot write to standard output: \(reason).\n", "\(command)")
        }
        let version = try await run("asr2clip-serve", ["--version"], ">\(damage.rawValue)")
        #expect(version.status == .exited(1) && version.error.contains(reason))
        // The tool's own status if neither can be written.
        let mute = try await run("asr2clip", ["models"], ">\(damage.rawValue) 2>\(damage.rawValue)")
        #expect(mute.status == .exited(1) && mute.output == "" && mute.error == "")
    }

    @Test(arguments: Damage.allCases)
    func anUnwritableTranscriptIsAnError(damage: Damage) async throws {
        try await withServer(.init(TestRegistry([.paraformer]))) { server in
            for command in [["transcribe"], ["--clipboard", "none", "-i"]] {
                let arguments = command + [Fixtures.audio("en_word_16k.wav"), "--url", server.url + "/v1"]
                let lost = try await run("asr2clip", arguments, ">\(damage.rawValue)")
                // If the reader has closed the pipe, as in `| head`, there is no message.
                let isBroken = damage == .broken
                #expect(lost.status == .exited(isBroken ? 128 + SIGPIPE : 1), "\(command)")
                let times = lost.error.matches(of: /Cannot write to standard output/).count
                #expect(times == (isBroken ? 0 : 1), "\(command): \(lost.error)")
                let good = try await run("asr2clip", arguments, "2>\(damage.rawValue)")
                #expect(good.status == .exited(0) && good.output == "stop\n", "\(command)")
            }
        }
    }

    /// A new registry, sockets and uploads would get the numbers of the closed descriptors.
    @Test(arguments: executables)
    func aServerWithClosedStandardStreamsServesAndWritesIntoNoFile(executable: String) async throws {
        var setup = ServerProcess.Setup(
            TestRegistry([.paraformer]), executable == "asr2clip" ? ["--serve"] : [], executable: executable)
        setup.launcher = ["/bin/sh", "-c", #"exec "$@" <&- 2>&-"#, "sh"]
        try await withServer(setup) { server in
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            for _ in 0..<3 {
                let answer = try await client.transcribe("en_word_16k.wav", ["model": "paraformer"])
                #expect(answer.body == #"{"text": "stop"}"#)
            }
            #expect(try await client.get("/nowhere").status == 404)
            #expect(Set(try [0, 2].map(server.process.file)) == ["/dev/null"])
            #expect(try await server.stop(by: SIGTERM) == .exited(0))
        }
    }

    /// It cannot print its port; the log has it.
    @Test(arguments: Damage.allCases)
    func aServerWithUnwritableStandardOutputServes(damage: Damage) async throws {
        let command = [ServerProcess.path(of: "asr2clip-serve"), "--port", "0", "--config", registry]
        try await withProcess(
            "/bin/bash", ["-c", Self.script(">\(damage.rawValue)"), "bash"] + command, environment: folder.environment
        ) { process in
            let port = try await untilFound("the port in the log") {
                process.standardError.firstMatch(of: /port=(\d+)/).map { String($0.1) }
            }
            #expect(process.standardError.contains("Cannot write to standard output"))
            let answer = try await APIClient(url: "http://127.0.0.1:\(port)").get("/health/live")
            #expect(answer.status == 200)
        }
    }
}

extension RunningProcess {
    /// The file on which a descriptor of the process is open.
    fileprivate func file(_ descriptor: Int) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(descriptor)")
    }
}
