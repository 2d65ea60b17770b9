import BlockingWork
import AudioInput
import SpeechDetection
import SpeechTypes

/// Reads a recording window by window, on a thread of its own.
actor WindowReader {
    private let executor = QueueExecutor(label: "audio reader")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let job: TranscriptionJob
    private var decoder: AudioDecoder?
    private var cutter: WindowCutter
    private var ready: ArraySlice<SpeechSegment> = []
    private var hasEnded = false
    private var samplesRead = 0
    /// Packets that could not be decoded and were passed over; known at the end of the recording.
    private(set) var damagedPackets = 0

    init(_ job: TranscriptionJob, window: Duration) {
        self.job = job
        cutter = WindowCutter(window: window)
    }

    /// How long the recording is, as far as it has been read.
    var duration: Duration { Duration(samples: samplesRead) }

    /// The next window, in order.
    ///
    /// - Returns: `nil` at the end of the recording.
    func next() throws(AudioError) -> SpeechSegment? {
        while ready.isEmpty, !hasEnded { try read() }
        return ready.popFirst()
    }

    private func read() throws(AudioError) {
        if decoder == nil {
            decoder = try AudioDecoder(
                path: job.path, name: job.fileName, limits: AudioLimits(maximumDuration: job.maximumDuration))
        }
        if let chunk = try decoder?.next() {
            samplesRead += chunk.samples.count
            ready += cutter.receive(chunk)
        } else {
            hasEnded = true
            damagedPackets = decoder?.damagedPackets ?? 0
            decoder = nil
            ready += cutter.finish()
        }
    }
}
