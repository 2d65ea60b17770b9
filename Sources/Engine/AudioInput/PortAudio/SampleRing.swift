import Synchronization

/// A ring buffer of samples between the audio callback and its reader: one writer, one reader, no lock, no allocation.
///
/// `@unchecked Sendable` is safe: the writer touches only the places between `written` and `read + capacity`, the
/// reader only those between `read` and `written`. Only one of them stores each counter, with release ordering after
/// the samples; the other one loads it with acquire ordering before them (Lamport, "Proving the Correctness of
/// Multiprocess Programs", 1977).
final class SampleRing: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Float>
    private let written = Atomic(0)
    private let read = Atomic(0)
    private let dropped = Atomic(0)
    private let gaps = Atomic(0)

    init(capacity: Int) {
        storage = .allocate(capacity: capacity)
        storage.initialize(repeating: 0)
    }

    deinit { storage.deallocate() }

    /// How many samples were dropped because the ring was full.
    var droppedSamples: Int { dropped.load(ordering: .relaxed) }

    /// How often the system reported that it lost audio.
    var reportedGaps: Int { gaps.load(ordering: .relaxed) }

    /// Counts a loss that the system reported. Called by the writer.
    func noteGap() {
        gaps.add(1, ordering: .relaxed)
    }

    /// Adds samples, and counts those that do not fit. Called by the writer: neither waits nor allocates.
    func write(_ samples: UnsafeBufferPointer<Float>) {
        let start = written.load(ordering: .relaxed)
        let room = storage.count - (start - read.load(ordering: .acquiring))
        let count = min(room, samples.count)
        for offset in 0..<count { storage[(start + offset) % storage.count] = samples[offset] }
        written.store(start + count, ordering: .releasing)
        if count < samples.count { dropped.add(samples.count - count, ordering: .relaxed) }
    }

    /// Removes all samples. Called by the reader.
    func takeAll() -> [Float] {
        let start = read.load(ordering: .relaxed)
        let end = written.load(ordering: .acquiring)
        let samples = (start..<end).map { storage[$0 % storage.count] }
        read.store(end, ordering: .releasing)
        return samples
    }
}
