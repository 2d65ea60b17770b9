import Engines
import Essentials
import HTTPTypes
import Hummingbird
import ModelStore
import TranscriptFormats
import Upstreams

/// `GET /v1/realtime`: live sessions over a WebSocket, and `POST /v1/realtime/client_secrets`: keys for them.
struct RealtimeEndpoint: Sendable {
    let catalog: ModelService
    let authentication: Authentication
    let secrets: ClientSecrets
    let sessions: LiveSessions
    let budget: MessageBudget

    /// Runs a whole session.
    @Sendable func connect(_ request: Request, context: APIContext) async throws -> Response {
        var configuration = try configuration(for: request)
        if let model = request.uri.queryParameters["model"].map(String.init), !model.isEmpty {
            configuration.transcription = configuration.transcription ?? RealtimeConfiguration.Transcription()
            configuration.transcription?.model = model
            configuration.chooseTurnDetection()
        }
        let model = try await catalog.find(configuration.transcription?.model)
        let place = try sessions.enter()
        defer { place.leave() }
        let opening = Opening(request: request, context: context, configuration: configuration, place: place)
        switch model {
        case .local(let entry): return try await hear(opening, with: entry)
        case .upstream(let entry):
            do {
                return try await relay(opening, to: entry)
            } catch let error as UpstreamError where error.callsForFallback {
                guard let name = entry.fallback, let substitute = await catalog.registry.entry(named: name) else {
                    throw error
                }
                return try await hear(opening, with: substitute, insteadOf: entry)
            }
        }
    }

    /// A session that is asked for.
    private struct Opening {
        let request: Request
        let context: APIContext
        let configuration: RealtimeConfiguration
        let place: LiveSessions.Place
    }

    /// Runs a session with a model of this machine.
    private func hear(
        _ opening: Opening, with entry: ModelEntry, insteadOf upstream: UpstreamEntry? = nil
    ) async throws -> Response {
        let socket = try await accept(opening, upstream == nil ? [:] : [.fallback: entry.name])
        let session = RealtimeSession(
            over: socket, catalog: catalog, entry: entry, configuration: opening.configuration,
            limits: sessions.limits, metrics: sessions.metrics)
        opening.place.begin(session)
        await session.run()
        opening.context.record.note(\.session, await session.summary)
        return socket.response
    }

    /// Runs a session with a model on other servers.
    private func relay(_ opening: Opening, to entry: UpstreamEntry) async throws -> Response {
        let context = opening.context
        // A mistake of the client is found before the other server is asked.
        _ = try WebSocketUpgrade(opening.request, subprotocols: [Self.subprotocol])
        try catalog.checkLive(opening.configuration.transcription, of: entry)
        return try await catalog.upstreams.model(of: entry).withSession(
            requestID: context.requestID, hops: context.hops
        ) { upstream in
            let socket = try await accept(opening)
            let session = RelayedSession(
                over: socket, to: upstream, catalog: catalog, entry: entry, configuration: opening.configuration,
                limits: sessions.limits, metrics: sessions.metrics)
            opening.place.begin(session)
            await session.run()
            context.record.note(\.session, await session.summary)
            context.record.note(
                \.upstream, RequestFindings.Upstream(model: entry.name, address: upstream.server.address))
            return socket.response
        }
    }

    private func accept(_ opening: Opening, _ headers: HTTPFields = [:]) async throws -> WebSocket {
        var headers = headers
        headers[.requestID] = opening.context.requestID
        return try await WebSocket.accept(
            opening.request, context: opening.context, subprotocols: [Self.subprotocol], headers: headers,
            budget: budget, onEnd: opening.place.leave)
    }

    /// Makes a client secret.
    @Sendable func createSecret(_ request: Request, context: APIContext) async throws -> Response {
        try JSONBody.checkType(request)
        let value = try await Self.secretBody.read(request, from: context.client)
        let seconds = try Self.lifetime(in: value["expires_after"] ?? .null)
        let configuration = try RealtimeConfiguration().merging(value["session"] ?? .object([]))
        let model = try await catalog.find(configuration.transcription?.model)
        switch model {
        case .local(let entry): try await catalog.checkLive(configuration.transcription, of: entry)
        case .upstream(let entry): try catalog.checkLive(configuration.transcription, of: entry)
        }
        let (secret, expiry) = try secrets.make(lasting: seconds, configuration)
        return Response(json: [
            "value": .string(secret), "expires_at": .integer(expiry),
            "session": configuration.json(id: RealtimeID.make("sess"), expiry: 0, model: model.name),
        ])
    }

    /// How long a secret is valid, in seconds.
    private static func lifetime(in field: JSONValue) throws(APIError) -> Int {
        guard !field.isNull else { return standardLifetime }
        guard field.isObject else {
            throw .invalid("expires_after", "The value \(field.text.excerpt) of expires_after is not an object.")
        }
        if let anchor = field["anchor"], !anchor.isNull, anchor.string != "created_at" {
            throw .invalid(
                "expires_after.anchor", "The value \(anchor.text.excerpt) of expires_after.anchor is not created_at.")
        }
        guard let given = field["seconds"], !given.isNull else { return standardLifetime }
        let lifetimes = ClientSecrets.lifetimes
        guard let number = given.double, let whole = Int(exactly: number), lifetimes.contains(whole) else {
            throw .invalid(
                "expires_after.seconds",
                "The value \(given.text.excerpt) of expires_after.seconds is not a whole number from "
                    + "\(lifetimes.lowerBound) to \(lifetimes.upperBound).")
        }
        return whole
    }

    private static let standardLifetime = 600

    /// The sessions of all secrets are kept in memory, so their length is limited.
    private static let secretBody = JSONBody(
        limit: 128 << 10, shorter: "Send a shorter prompt or fewer keywords.",
        example: "Send {\"session\": {\"type\": \"transcription\"}}.")
    private static let subprotocol = "realtime"
    /// How browsers, which cannot set headers, send a key.
    private static let keyPrefix = "openai-insecure-api-key."

    /// The configuration that a session begins with.
    ///
    /// - Throws: `APIError` 401 if the request has neither a key of the server nor a client secret.
    private func configuration(for request: Request) throws -> RealtimeConfiguration {
        let offered = request.headers[values: .secWebSocketProtocol].joined(separator: ",").split(separator: ",")
            .map { $0.drop { $0 == " " }.prefix { $0 != " " } }
        let key =
            Authentication.key(in: request.headers)
            ?? offered.first { $0.hasPrefix(Self.keyPrefix) }?.dropFirst(Self.keyPrefix.count)
        if let key, let configuration = secrets.configuration(for: key) { return configuration }
        try authentication.admit(key)
        return RealtimeConfiguration()
    }
}

extension HTTPField.Name {
    fileprivate static let secWebSocketProtocol = Self.fixed("Sec-WebSocket-Protocol")
}
