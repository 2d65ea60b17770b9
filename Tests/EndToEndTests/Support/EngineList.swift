import Foundation
import TestSupport

/// The response of `GET /v1/ps`.
struct EngineList: Decodable {
    struct Engine: Decodable {
        var model: String
        var status: String
        var pid: Int32?
        var requests: Int
        var idleSince: Int?
        var abandoned: Int
        var expiresAt: Int?
    }

    var data: [Engine]
}

extension APIClient {
    /// The running engines, as reported by the server.
    func engines() async throws -> [EngineList.Engine] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(EngineList.self, from: Data(try await get("/v1/ps").body.utf8)).data
    }

    /// The status of a model.
    func status(of model: String) async throws -> String? {
        let body = try await get("/v1/models/\(model)").body
        return body.firstMatch(of: /"status": "([a-z]+)"/).map { String($0.1) }
    }

    /// Runs `body` while the engine of a model is stopped, so that all new requests stay pending.
    ///
    /// - Returns: The result of the body, once the engine continues.
    func whileStopped<R: Sendable>(
        _ model: String, isolation: isolated (any Actor)? = #isolation, _ body: (_ engine: Int32) async throws -> R
    ) async throws -> R {
        let engine = try await untilFound("the engine of \(model)") {
            try await engines().first { $0.model == model && $0.status == "loaded" }?.pid
        }
        kill(engine, SIGSTOP)
        defer { kill(engine, SIGCONT) }
        return try await body(engine)
    }

    /// Waits until a model has this many pending requests.
    func waitUntilInHand(_ count: Int, of model: String) async throws {
        try await eventually("\(model) has \(count) requests") {
            try await engines().reduce(0) { $0 + ($1.model == model ? $1.requests : 0) } == count
        }
    }
}
