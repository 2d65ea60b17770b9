import Foundation
import TestSupport

extension ServerProcess {
    /// Waits until an engine of a model, other than those in `ended`, has started on a request: after a crash there are
    /// two, one of them for suspects.
    ///
    /// Loading counts as work too, so it waits for that first.
    /// - Returns: Its process id.
    func busyEngine(of model: String, otherThan ended: [Int32] = []) async throws -> Int32 {
        let client = APIClient(self)
        // The work at the first look. An engine that waits does none, and beside other load a busy one gets little time.
        var before: [Int32: Int] = [:]
        return try await untilFound("an engine that works") {
            for engine in try await client.engines() where engine.model == model && engine.status == "loaded" {
                guard let pid = engine.pid, !ended.contains(pid) else { continue }
                guard let work = ProcessTable.work(of: pid) else { continue }
                let first = before[pid] ?? work
                before[pid] = first
                if work >= first + 4 { return pid }
            }
            return nil
        }
    }
}
