import ArgumentParser
import Essentials
import ModelStore
import TranscriptFormats

/// `asr2clip ps`: the models that a running server has loaded.
struct PsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "Show what a running server has loaded.",
        discussion: """
            A line for each engine: its model, its process, its memory, the requests it has, how long it has been idle, \
            and in what time it will be unloaded if no request comes. An engine that is ending serves its last requests, because its model was changed or removed.
            """)

    @Option(help: ArgumentHelp("The server's address. (default: http://127.0.0.1:8000)", valueName: "address"))
    var url: String?

    @Option(
        name: .customLong("api-key"),
        help: ArgumentHelp("The key, if the server wants one. (default: $ASR2CLIP_API_KEY)", valueName: "key"))
    var apiKey: String?

    @Flag(help: "Write the server's JSON to standard output.")
    var json = false

    func run() async throws {
        try await Failure.reported {
            let key = apiKey ?? ProcessInfo.processInfo.environment["ASR2CLIP_API_KEY"]
            let server = try RunningServer(address: url, apiKey: key)
            let answer = try await server.get("/v1/ps")
            if json { return try StandardOutput.print(answer.text) }
            try StandardOutput.print(Self.table(of: try answer.decoded(EngineList.self).data))
        }
    }

    private static func table(of engines: [EngineList.Engine]) -> String {
        var table = Table("MODEL", "STATUS", "PID", "MEMORY", "REQUESTS", "IDLE", "UNLOAD IN")
        for engine in engines {
            let now = Date().timeIntervalSince1970
            let idle = engine.idleSince.map { now - Double($0) }
            let rest = engine.expiresAt.map { Double($0) - now }
            table.add(
                engine.model, engine.ending ? "ending" : engine.status, engine.pid.map { "\($0)" } ?? "",
                engine.memoryBytes.map { HumanFormat.bytes(Int64($0)) } ?? "", "\(engine.requests)",
                idle.map { HumanFormat.time(.seconds(clamped: $0)) } ?? "",
                rest.map { HumanFormat.time(.seconds(clamped: $0)) } ?? "")
        }
        return table.text
    }
}

/// The response of `GET /v1/ps`.
private struct EngineList: Decodable {
    struct Engine: Decodable {
        var model: String
        var status: String
        var pid: Int?
        var memoryBytes: Int?
        var requests: Int
        var idleSince: Int?
        var ending: Bool
        var expiresAt: Int?

        enum CodingKeys: String, CodingKey {
            case model, status, pid, requests, ending
            case memoryBytes = "memory_bytes"
            case idleSince = "idle_since"
            case expiresAt = "expires_at"
        }
    }

    var data: [Engine]
}
