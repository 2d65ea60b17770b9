import Synchronization

/// Samples on their way from the sound callback to whoever reads them: one writer, one reader, no lock, no allocation.
///
/// `Sendable` although unchecked is sound: the writer touches only the places between `written` and `read + capacity`,
/// the reader only those between `read` and `written`, and each counter is moved by one of them, released after the
/// samples and acquired before them (Lamport, "Proving the Correctness of Multiprocess Programs", 1977).
final class SampleRing: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Float>
    private let written = Atomic(0)
    private let read = Atomic(0)
    private let dropped = Atomic(0)
    private let gaps = Atomic(0)

    /// Makes a ring for so many samples.
    init(capacity: Int) {
        storage = .allocate(capacity: capacity)
        storage.initialize(repeating: 0)
    }

    deinit {
        storage.deallocate()
    }

    /// How many samples found no room.
    var droppedSamples: Int { dropped.load(ordering: .relaxed) }

    /// How often the system said that it lost sound before it came here.
    var reportedGaps: Int { gaps.load(ordering: .relaxed) }

    /// Notes that the system lost sound. For the writer.
    func noteGap() {
        gaps.add(1, ordering: .relaxed)
    }

    /// Puts samples in; what does not fit is counted. For the writer: it neither waits nor allocates.
    func write(_ samples: UnsafeBufferPointer<Float>) {
        let start = written.load(ordering: .relaxed)
        let room = storage.count - (start - read.load(ordering: .acquiring))
        let count = min(room, samples.count)
        for offset in 0..<count { storage[(start + offset) % storage.count] = samples[offset] }
        written.store(start + count, ordering: .releasing)
        if count < samples.count { dropped.add(samples.count - count, ordering: .relaxed) }
    }

    /// Takes out all there is. For the reader.
    func takeAll() -> [Float] {
        let start = read.load(ordering: .relaxed)
        let end = written.load(ordering: .acquiring)
        let samples = (start..<end).map { storage[$0 % storage.count] }
        read.store(end, ordering: .releasing)
        return samples
    }
}
