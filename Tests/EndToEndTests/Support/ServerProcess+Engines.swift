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
        let engine = try await untilFound("an engine that works") {
            let loaded = try await client.engines().filter { $0.model == model && $0.status == "loaded" }
            let candidates = loaded.compactMap(\.pid).filter { !ended.contains($0) }
            let before = candidates.map { ProcessTable.work(of: $0) ?? .max }
            try await Task.sleep(for: .milliseconds(100))
            return zip(candidates, before).first {
                (ProcessTable.work(of: $0) ?? 0) >= $1.addingReportingOverflow(4).partialValue && $1 < .max
            }?.0
        }
        return engine
    }
}
