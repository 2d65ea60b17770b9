import Engines
import Hummingbird
import ModelStore
import PrometheusMetrics
import TranscriptFormats

/// What people, supervisors and monitoring ask about the server's state.
struct MonitoringEndpoints: Sendable {
    let catalog: ModelService
    let sessions: LiveSessions
    let spool: UploadSpool
    let metrics: ServerMetrics
    let shutdown: Shutdown

    /// `GET /health`: `loading` until the default model has been loaded once, even if that waits for a request because it
    /// was unloaded before; a later restart of its engine does not change it.
    @Sendable func health(_ request: Request, context: APIContext) async throws -> Response {
        var isLoaded = false
        let registry = await catalog.registry
        if let name = registry.defaultModel {
            if case .upstream(let entry) = registry.model(named: name) {
                isLoaded = catalog.upstreams.model(of: entry).state == .up
                if !isLoaded, let fallback = entry.fallback.flatMap(registry.entry(named:)) {
                    isLoaded = await catalog.engines.hasBeenLoaded(fallback.name)
                }
            } else {
                isLoaded = await catalog.engines.hasBeenLoaded(name)
            }
        }
        return Response(json: ["status": isLoaded ? "ok" : "loading"])
    }

    /// `GET /health/live`, which others call `/healthz` or `/ping`.
    @Sendable func live(_ request: Request, context: APIContext) async throws -> Response {
        Response(json: ["status": "ok"])
    }

    /// `GET /health/ready`, which others call `/readyz`: 200 if a request for the default model would be accepted now; the
    /// check starts whatever is missing for that. It does not matter how busy the server is, but whether it is about to
    /// stop.
    @Sendable func ready(_ request: Request, context: APIContext) async throws -> Response {
        guard !shutdown.hasBegun else { throw APIError.draining }
        let registry = await catalog.registry
        guard let name = registry.defaultModel else {
            throw APIError.modelFailed("The registry \(registry.file) names no default_model.")
        }
        if case .upstream(let entry) = registry.model(named: name) {
            try await spool.check()
            if let substitute = try await check(entry) { try await check(localModel: substitute.name) }
            return Response(json: ["status": "ok"])
        }
        try await check(localModel: name)
        return Response(json: ["status": "ok"])
    }

    /// Checks that a request for a model of this machine would be accepted now.
    private func check(localModel name: String) async throws {
        // Throws the reason if files are missing; a download that failed a while ago is retried.
        let model = try await catalog.store.prepare(catalog.store.resolve(name), waitingUpTo: .zero)
        try await spool.check()
        let status = await catalog.engines.wake(model)
        if case .failed(let reason) = status { throw APIError.modelFailed(reason) }
        // A model that was unloaded, even before its first load, is loaded with the next request.
        var isUnloaded = false
        if status == .unloaded { isUnloaded = await catalog.engines.wasUnloaded(name) }
        guard status == .loaded || isUnloaded else {
            throw APIError(
                status: .serviceUnavailable, code: "model_not_ready",
                message: "The default model '\(name)' is being loaded.", retryAfter: .seconds(5))
        }
    }

    /// Checks that a request for a model on other servers would be accepted now.
    ///
    /// - Returns: The model of this machine that would have to answer it, because no server can.
    private func check(_ entry: UpstreamEntry) async throws -> ModelEntry? {
        let state = catalog.upstreams.model(of: entry).state
        if state != .up, let name = entry.fallback, let substitute = await catalog.registry.entry(named: name) {
            return substitute
        }
        switch state {
        case .up: return nil
        case .unknown:
            throw APIError.modelNotReady("The servers of the default model '\(entry.name)' have not answered yet.")
        case .down(let reason):
            throw APIError.modelNotReady("No server of the default model '\(entry.name)' can be used: \(reason).")
        }
    }

    /// `GET /version`.
    @Sendable func version(_ request: Request, context: APIContext) async throws -> Response {
        Response(json: ["version": .string(metrics.version)])
    }

    /// `GET /metrics`.
    @Sendable func showMetrics(_ request: Request, context: APIContext) async throws -> Response {
        catalog.upstreams.measure()
        let engines = await catalog.engines.measurements()
        let live = await sessions.backlogs
        let registry = await catalog.registry
        // What other servers do is no work of this one.
        let remote = Set(registry.upstreams.map(\.name))
        let loads = catalog.admission.loads(of: registry.entries.map(\.name), live: live)
        let text = metrics.text(of: engines, queued: loads.filter { !remote.contains($0.key) })
        return Response(
            status: .ok, headers: [.contentType: MetricRegistry.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// `GET /v1/ps`: the loaded models and their state. Not part of OpenAI's API; `asr2clip ps` is its client.
    @Sendable func listEngines(_ request: Request, context: APIContext) async throws -> Response {
        let engines = await catalog.engines.reports().filter { $0.process != nil }
        return Response(json: [
            "object": "list", "data": .array(engines.map(\.json)),
            "sessions": .array(await sessions.summaries.map(\.json)),
        ])
    }
}

extension EngineReport {
    fileprivate var json: JSONValue {
        [
            "model": .string(model), "status": .string(status.word), "pid": process.map { .integer(Int($0)) } ?? nil,
            "memory_bytes": memory.map(JSONValue.integer) ?? nil, "requests": .integer(requests),
            "idle_since": idleSince.map { .integer(Int($0.timeIntervalSince1970)) } ?? nil, "ending": .bool(isEnding),
            "abandoned": .integer(abandoned),
            "expires_at": expires.map { .integer(Int($0.timeIntervalSince1970)) } ?? nil,
        ]
    }
}

extension EngineStatus {
    /// The status in responses.
    var word: String {
        switch self {
        case .unloaded: "unloaded"
        case .loading: "loading"
        case .loaded: "loaded"
        case .failed: "failed"
        }
    }
}
