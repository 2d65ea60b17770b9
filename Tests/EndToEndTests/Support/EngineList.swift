import Foundation
import TestSupport

/// What `GET /v1/ps` answers.
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
    /// The engines that run, as the server tells.
    func engines() async throws -> [EngineList.Engine] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(EngineList.self, from: Data(try await get("/v1/ps").body.utf8)).data
    }

    /// The word for where a model is.
    func status(of model: String) async throws -> String? {
        let body = try await get("/v1/models/\(model)").body
        return body.firstMatch(of: /"status": "([a-z]+)"/).map { String($0.1) }
    }

    /// Does something while the engine of a model stands still, so that all requests that come stay in hand.
    ///
    /// - Returns: What the body returns, once the engine goes on.
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

    /// Waits until a model has this many requests in hand.
    func waitUntilInHand(_ count: Int, of model: String) async throws {
        try await eventually("\(model) has \(count) requests") {
            try await engines().reduce(0) { $0 + ($1.model == model ? $1.requests : 0) } == count
        }
    }
}
