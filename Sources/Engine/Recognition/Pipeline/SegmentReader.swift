import AudioInput
import Concurrency
import SpeechTypes
import Synchronization

/// Reads a recording segment by segment, on a thread of its own.
///
/// Cutting runs at lower priority than decoding. Otherwise the detector would delay every short recording; it gets a
/// core as soon as a lane is idle.
actor SegmentReader {
    private let executor = LowPriorityExecutor(label: "audio reader")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let watch = CallWatch()
    private let stated = Mutex<Duration?>(nil)
    /// The recording's length by its header; `nil` if it states none, or has not been read.
    nonisolated var statedLength: Duration? { stated.withLock { $0 } }
    /// The longest that reading a second of audio may take: from a disk that spins up, or over a network.
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

    /// `cutting` limits how many recordings are cut at the same time. The reader takes a permit if it must cut.
    init(
        _ job: TranscriptionJob, cutting: AsyncSemaphore,
        cutter makeCutter: @escaping @Sendable () throws(TranscriptionError) -> RecordingSegmenter
    ) {
        self.job = job
        self.makeCutter = makeCutter
        self.cutting = cutting
    }

    enum Next: Sendable {
        case segment(SpeechSegment)
        /// The end: the recording's length, and how many packets were skipped because they could not be decoded.
        case end(duration: Duration, damagedPackets: Int)
    }

    /// The next segment, in order, or the end. The call may read through hours of silence.
    ///
    /// - Throws: `TranscriptionError`; `CancellationError`, which is checked after each second of audio.
    func next() async throws -> Next {
        while ready.isEmpty, !hasEnded {
            try Task.checkCancellation()
            try await read()
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

    private func nextChunk() throws(TranscriptionError) -> AudioBuffer? {
        if decoder == nil {
            decoder = try AudioDecoder(
                path: job.path, name: job.fileName, isRawPCM: job.isRawPCM, maximumDuration: job.maximumDuration)
            let length = decoder?.declaredDuration
            stated.withLock { $0 = length }
        }
        return try decoder?.next()
    }

    private func beginCutting() async throws {
        permit = try await cutting.acquire()
        executor.lowerPriority()
    }
}
