import Collections
import ModelFamilies

/// A cache that evicts the least recently used value.
struct LRUCache<Key: Hashable, Value> {
    /// The most values kept.
    let capacity: Int
    private var values: OrderedDictionary<Key, Value> = [:]

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The value for a key; marks it as the most recently used.
    mutating func value(for key: Key) -> Value? {
        guard let value = values.removeValue(forKey: key) else { return nil }
        values[key] = value
        return value
    }

    /// Adds a value as the most recently used, and evicts the least recently used if there are too many.
    mutating func insert(_ value: Value, for key: Key) {
        values.removeValue(forKey: key)
        values[key] = value
        if values.count > capacity { values.removeFirst() }
    }

    /// The keys, the least recently used first.
    var keys: [Key] { Array(values.keys) }
}
