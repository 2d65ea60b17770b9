import AudioInput
import Concurrency
import SpeechTypes

/// Reads a recording segment by segment, on a thread of its own.
///
/// What is cut steps back behind the decode lanes: a detector that computes beside them would hold up every short recording,
/// and gets a core to itself as soon as a lane has nothing to do.
actor SegmentReader {
    private let executor = LowPriorityExecutor(label: "audio reader")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Whether reading comes back.
    nonisolated let watch = CallWatch()
    /// The longest time that a second of sound takes to read: from a disk that sleeps, or over a network.
    private static let patience = Duration.seconds(120)

    private let job: TranscriptionJob
    private var decoder: AudioDecoder?
    private var cutter: RecordingSegmenter?
    private let makeCutter: @Sendable () throws(TranscriptionError) -> RecordingSegmenter
    private let cutting: AsyncSemaphore
    /// Held while the recording is cut.
    private var permit: AsyncSemaphore.Permit?
    private var ready: ArraySlice<SpeechSegment> = []
    private var hasEnded = false
    private var samplesRead = 0
    private var damagedPackets = 0

    /// Makes a reader; nothing is read yet.
    ///
    /// - Parameters:
    ///   - job: The recording.
    ///   - cutting: The places of those that are cut at the same time; it waits for one if it must be cut.
    ///   - makeCutter: Makes what cuts it.
    init(
        _ job: TranscriptionJob,
        cutting: AsyncSemaphore,
        cutter makeCutter: @escaping @Sendable () throws(TranscriptionError) -> RecordingSegmenter
    ) {
        self.job = job
        self.makeCutter = makeCutter
        self.cutting = cutting
    }

    /// What comes next in a recording.
    enum Next: Sendable {
        case segment(SpeechSegment)
        /// Nothing any more: how long the recording was, and how many packets could not be decoded and were passed over.
        case end(duration: Duration, damagedPackets: Int)
    }

    /// The next segment, in order, or the end. Silence may take it through hours of sound.
    ///
    /// - Throws: `TranscriptionError`; `CancellationError` within a second of sound.
    func next() async throws -> Next {
        while ready.isEmpty, !hasEnded {
            try Task.checkCancellation()
            do {
                try await read()
            } catch let error as AudioError {
                throw TranscriptionError(error)
            }
        }
        if let segment = ready.popFirst() { return .segment(segment) }
        return .end(duration: Duration(samples: samplesRead), damagedPackets: damagedPackets)
    }

    private func read() async throws {
        if cutter == nil, job.chunking != nil { try await beginCutting() }
        var cutter = try exchange(&self.cutter, with: nil) ?? makeCutter()
        if let chunk = try watch.during(limit: Self.patience, { try nextChunk() }) {
            samplesRead += chunk.samples.count
            if cutter.beginsCutting(with: chunk) { try await beginCutting() }
            ready += try cutter.receive(chunk)
        } else {
            hasEnded = true
            damagedPackets = decoder?.damagedPackets ?? 0
            decoder = nil
            ready += cutter.finish()
            permit = nil
        }
        self.cutter = cutter
    }

    private func nextChunk() throws(AudioError) -> AudioBuffer? {
        if decoder == nil {
            decoder = try AudioDecoder(
                path: job.path, name: job.fileName, limits: AudioLimits(maximumDuration: job.maximumDuration))
        }
        return try decoder?.next()
    }

    private func beginCutting() async throws {
        permit = try await cutting.take()
        executor.lowerPriority()
    }
}
