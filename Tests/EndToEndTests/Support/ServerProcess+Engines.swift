import Foundation
import TestSupport

extension ServerProcess {
    /// Waits until the engine of a model, or another than those before, has begun to work on a request.
    ///
    /// Loading is work too, so that is waited for first.
    /// - Returns: Its process id.
    func busyEngine(of model: String, otherThan ended: [Int32] = []) async throws -> Int32 {
        let engine = try await untilFound("an engine") { engines.first { !ended.contains($0) } }
        try await eventually("the model is loaded") {
            try await APIClient(self).get("/v1/models/\(model)").body.contains(#""status": "loaded""#)
        }
        let start = ProcessTable.work(of: engine) ?? 0
        try await eventually("the engine works") { (ProcessTable.work(of: engine) ?? 0) > start + 10 }
        return engine
    }
}
