import ModelFamilies
import SpeechTypes
import Synchronization

/// Caches plans of hints: all segments of a recording share one, and spelling hundreds of phrases takes longer than
/// recognising a short clip.
final class HintPlans: Sendable {
    private let plans = Mutex(LRUCache<Hints, HintPlan>(capacity: 16))
    private let make: @Sendable (Hints) -> HintPlan

    init(make: @escaping @Sendable (Hints) -> HintPlan) {
        self.make = make
    }

    /// The plan for a request's hints. The first call makes it.
    func plan(for hints: Hints) -> HintPlan {
        if let plan = plans.withLock({ $0.value(for: hints) }) { return plan }
        let plan = make(hints)
        plans.withLock { $0.insert(plan, for: hints) }
        return plan
    }
}
