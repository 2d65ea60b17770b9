import Foundation
import TestSupport
import Testing

/// Answers of servers with OpenAI's API.
enum UpstreamAnswer {
    /// What vLLM says about its models.
    static let models: [ScriptedServer.Step] = .answer(
        200, #"{"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "vllm"}]}"#,
        type: "application/json")

    static func text(_ text: String, headers: [String] = []) -> [ScriptedServer.Step] {
        .answer(200, #"{"text": "\#(text)"}"#, type: "application/json", headers: headers)
    }

    static func error(_ status: Int, _ message: String = "No", headers: [String] = []) -> [ScriptedServer.Step] {
        .answer(
            status, #"{"error": {"message": "\#(message)", "type": "x", "param": null, "code": null}}"#,
            type: "application/json", headers: headers)
    }

    /// Server-sent events with these data, and the end of the connection.
    static func events(_ data: [String]) -> [ScriptedServer.Step] { .stream(data.map { "data: \($0)\n\n" }) }
}

/// Runs `body` with a server whose default model `far` is on other servers.
func withForwarder<R: Sendable>(
    to keys: [String: String], beside models: [TestRegistry.Model] = [], _ arguments: [String] = [],
    environment: [String: String] = [:], aliases: [String: String] = [:],
    isolation: isolated (any Actor)? = #isolation,
    _ body: (APIClient, ServerProcess) async throws -> R
) async throws -> R {
    var registry = TestRegistry(models, defaultModel: "far", aliases: aliases)
    registry.upstreams = ["far": keys]
    return try await withServer(.init(registry, arguments, environment: environment)) { server in
        try await body(APIClient(server), server)
    }
}

/// Runs `body` with a server that sends recordings to one that follows a script.
func withForwarder<R: Sendable>(
    toScript script: [ScriptedServer.Step]..., and keys: [String: String] = [:],
    beside models: [TestRegistry.Model] = [], _ arguments: [String] = [], environment: [String: String] = [:],
    isolation: isolated (any Actor)? = #isolation,
    _ body: (APIClient, ServerProcess, ScriptedServer) async throws -> R
) async throws -> R {
    try await withScriptedServer(script, toGet: UpstreamAnswer.models) { upstream in
        let entry = ["url": upstream.url, "model": "m"].merging(keys) { $1 }
        return try await withForwarder(to: entry, beside: models, arguments, environment: environment) {
            try await body($0, $1, upstream)
        }
    }
}

/// The servers of an entry as a list in one line.
func upstreamList(_ urls: String...) -> [String: String] {
    ["model": "m", "upstreams": "[" + urls.map { "{url: '\($0)'}" }.joined(separator: ", ") + "]"]
}

/// An address of this machine where nothing listens.
func deadAddress() async throws -> String {
    try await withScriptedServer([.silence]) { $0.url }
}

let word = "en_word_16k.wav"

extension APIClient {
    /// Sends a recording of the word `stop` to the default model.
    func hear() async throws -> Answer { try await transcribe(word, ["response_format": "json"]) }

    /// Checks the answer to such a recording.
    func expect(_ body: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let answer = try await hear()
        #expect(answer.body == body, sourceLocation: sourceLocation)
    }
}
