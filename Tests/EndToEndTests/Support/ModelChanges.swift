import Foundation
import TestSupport
import Testing

/// A model as the API shows it.
struct ShownModel: Decodable, Equatable {
    var id: String
    var status: String
    var reason: String?
    var downloadPercent: Int?
    var downloadedBytes: Int?
    var totalBytes: Int?
}

extension Answer {
    /// The model in the body.
    var model: ShownModel {
        get throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(ShownModel.self, from: Data(body.utf8))
        }
    }
}

extension APIClient {
    typealias Headers = [(String, String)]

    /// Asks for a change of a model.
    func change(_ model: String, _ action: String, headers: Headers = []) async throws -> Answer {
        try await send(
            "POST", "/v1/models/\(model)", headers: headers + [("Content-Type", "application/json")],
            body: Data(#"{"action": "\#(action)"}"#.utf8))
    }

    func delete(_ model: String, headers: Headers = []) async throws -> Answer {
        try await send("DELETE", "/v1/models/\(model)", headers: headers)
    }

    func model(_ name: String, headers: Headers = []) async throws -> ShownModel {
        try await send("GET", "/v1/models/\(name)", headers: headers).model
    }

    /// Waits until a model has a status.
    func waitUntil(_ model: String, is status: String, headers: Headers = []) async throws {
        try await eventually("\(model) is \(status)") {
            try await self.model(model, headers: headers).status == status
        }
    }
}

/// Runs `body` with the entry of a model, and with the server that sends its archive when the test wants it.
func withHeldModel<R: Sendable>(
    promising promised: Int? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (TestRegistry.Model, HeldFile) async throws -> R
) async throws -> R {
    let archive = try await withTemporaryFolder { folder in
        try Data(contentsOf: URL(filePath: try await packSenseVoice(in: folder)))
    }
    return try await withHeldFile([UInt8](archive), promising: promised) { file in
        var model = TestRegistry.Model.senseVoice.named("fetched", in: "fetched")
        model.download = ["url": file.url, "archive_subdir": "sense_voice"]
        return try await body(model, file)
    }
}
