import Engines
import Essentials
import HTTPTypes
import Hummingbird
import TranscriptFormats

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
        let entry = try await catalog.resolve(configuration.transcription?.model)
        let place = try sessions.enter()
        defer { withExtendedLifetime(place) {} }
        let socket = try await WebSocket.accept(
            request, context: context, subprotocols: [Self.subprotocol], headers: [.requestID: context.requestID],
            budget: budget)
        let session = RealtimeSession(
            over: socket, catalog: catalog, entry: entry, configuration: configuration, limits: sessions.limits,
            metrics: sessions.metrics)
        place.begin(session)
        await session.run()
        context.record.note(\.session, await session.summary)
        return socket.response
    }

    /// Makes a client secret.
    @Sendable func createSecret(_ request: Request, context: APIContext) async throws -> Response {
        try JSONBody.checkType(request)
        let value = try await Self.secretBody.read(request, from: context.client)
        let seconds = try Self.lifetime(in: value["expires_after"] ?? .null)
        let configuration = try RealtimeConfiguration().merging(value["session"] ?? .object([]))
        let entry = try await catalog.resolve(configuration.transcription?.model)
        try await catalog.checkLive(configuration.transcription, of: entry)
        let (secret, expiry) = try secrets.make(lasting: seconds, configuration)
        return Response(json: [
            "value": .string(secret), "expires_at": .integer(expiry),
            "session": configuration.json(id: RealtimeID.make("sess"), expiry: 0, model: entry.name),
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
