import Foundation
import TestSupport

extension ServerProcess {
    /// Waits until an engine of a model, or another than those before, has begun to work on a request: after a crash there are
    /// two, one of them for suspects.
    ///
    /// Loading is work too, so that is waited for first.
    /// - Returns: Its process id.
    func busyEngine(of model: String, otherThan ended: [Int32] = []) async throws -> Int32 {
        let client = APIClient(self)
        let engine = try await untilFound("an engine with a request") {
            try await client.engines().first { engine in
                engine.model == model && engine.status == "loaded" && engine.requests > 0
                    && engine.pid.map { !ended.contains($0) } == true
            }?.pid
        }
        let start = ProcessTable.work(of: engine) ?? 0
        try await eventually("the engine works") { (ProcessTable.work(of: engine) ?? 0) > start + 10 }
        return engine
    }
}
