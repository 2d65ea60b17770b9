import Engines
import Hummingbird
import TranscriptFormats

/// `GET /v1/ps`: the loaded models and their state. Not part of OpenAI's API; named after `asr2clip ps`, its client.
struct EngineEndpoint: Sendable {
    let catalog: ModelService

    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        let engines = await catalog.engines.reports().filter { $0.process != nil }
        return Response(json: ["object": "list", "data": .array(engines.map(\.json))])
    }
}

extension EngineReport {
    fileprivate var json: JSONValue {
        let status =
            switch status {
            case .unloaded: "unloaded"
            case .loading: "loading"
            case .loaded: "loaded"
            case .failed: "failed"
            }
        return [
            "model": .string(model), "status": .string(status), "pid": process.map { .integer(Int($0)) } ?? nil,
            "memory_bytes": memory.map(JSONValue.integer) ?? nil, "requests": .integer(requests),
            "idle_since": idleSince.map { .integer(Int($0.timeIntervalSince1970)) } ?? nil, "ending": .bool(isEnding),
            "abandoned": .integer(abandoned),
            "expires_at": expires.map { .integer(Int($0.timeIntervalSince1970)) } ?? nil,
        ]
    }
}
