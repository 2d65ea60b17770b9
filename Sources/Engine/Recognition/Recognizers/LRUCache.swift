import Collections
import ModelFamilies

/// The values used last, up to a number of them.
struct LRUCache<Key: Hashable, Value> {
    /// The most values kept.
    let capacity: Int
    private var values: OrderedDictionary<Key, Value> = [:]

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The value for a key, which becomes the one used last.
    mutating func value(for key: Key) -> Value? {
        guard let value = values.removeValue(forKey: key) else { return nil }
        values[key] = value
        return value
    }

    /// Keeps a value as the one used last, and lets go of the one unused for longest if there are too many.
    mutating func insert(_ value: Value, for key: Key) {
        values.removeValue(forKey: key)
        values[key] = value
        if values.count > capacity { values.removeFirst() }
    }

    /// The keys, the one unused for longest first.
    var keys: [Key] { Array(values.keys) }
}
