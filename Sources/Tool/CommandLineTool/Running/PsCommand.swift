import ArgumentParser
import AsyncHTTPClient
import Dictation
import Essentials
import NIOCore
import TranscriptFormats

/// `asr2clip ps`: the models that a running server has loaded.
struct PsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "Show what a running server has loaded.",
        discussion: """
            A line for each engine: its model, its process, its memory, the requests it has, how long it has been idle, \
            and in what time it will be unloaded if no request comes. An engine that is ending serves its last requests, \
            because its model was changed or removed.
            """)

    @Option(help: .value("address", "The server's address.")) var url = "http://127.0.0.1:8000"
    @Option(help: .value("key", "The key, if the server wants one. (default: $ASR2CLIP_API_KEY)")) var apiKey: String?
    @Flag(help: "Write the server's JSON to standard output.") var json = false

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
        }

        var data: [Engine]
    }

    func run() async throws {
        var address = url
        for ending in ["/", "/v1"] where address.hasSuffix(ending) { address.removeLast(ending.count) }
        let answer = try await answer(of: address)
        if json { return try StandardOutput.print(answer) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let list = try? decoder.decode(EngineList.self, from: Data(answer.utf8)) else {
            throw Failure("\(address) answers, but is no asr2clip server. Check --url.")
        }
        try StandardOutput.print(Self.table(of: list.data))
    }

    private static func table(of engines: [EngineList.Engine]) -> String {
        var table = Table("MODEL", "STATUS", "PID", "MEMORY", "REQUESTS", "IDLE", "UNLOAD IN")
        let now = Date().timeIntervalSince1970
        func time(_ seconds: Double?) -> String { seconds.map { HumanFormat.time(.seconds(clamped: $0)) } ?? "" }
        for engine in engines {
            table.add(
                engine.model, engine.ending ? "ending" : engine.status, engine.pid.map { "\($0)" } ?? "",
                engine.memoryBytes.map { HumanFormat.bytes(Int64($0)) } ?? "", "\(engine.requests)",
                time(engine.idleSince.map { now - Double($0) }), time(engine.expiresAt.map { Double($0) - now }))
        }
        return table.text
    }

    /// Without retries: if there is no server, the command fails at once.
    private func answer(of address: String) async throws(Failure) -> String {
        guard URL(httpAddress: address) != nil else {
            throw Failure(
                "'\(address)' is no address of a server, or has a port above 65535; write one such as "
                    + "http://127.0.0.1:8000.")
        }
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        var request = HTTPClientRequest(url: address + "/v1/ps")
        let key = apiKey ?? ProcessInfo.processInfo.environment["ASR2CLIP_API_KEY"] ?? ""
        if !key.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        let status: UInt
        let text: String
        do {
            (status, text) = try await HTTPClient.withHTTPClient(configuration: configuration) { [request] client in
                let response = try await client.execute(request, timeout: .seconds(10))
                return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 24)))
            }
        } catch {
            throw Failure("No server answers at \(address). Start one with asr2clip-serve, or name another with --url.")
        }
        guard status == 200 else {
            let error = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))["error"]
            let reason = error?["message"]?.string ?? "It may be no asr2clip server; check --url."
            throw Failure("\(address) answers \(status). \(reason)")
        }
        return text
    }
}
