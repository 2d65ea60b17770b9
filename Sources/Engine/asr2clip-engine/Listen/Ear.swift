import AudioInput
import Concurrency
import EngineLink
import Essentials
import SherpaOnnx
import SpeechTypes

/// Sends a microphone's audio, and which parts of it are speech. Works on a thread of its own.
actor Ear {
    private let executor = QueueExecutor(label: "ear")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How often the microphone is read.
    private static let period = Duration.milliseconds(10)
    /// If the microphone delivers nothing for this long, it counts as gone, whatever the system reports.
    private static let patience = Duration.seconds(3)

    private var detector: VoiceActivityDetector?
    private var windows = FrameChunker(size: SpeechWindow.samples)
    private var overruns = 0

    /// Loads the detector; returns why it cannot be loaded, `nil` if it can or none is requested.
    func load(_ order: ListenOrder.Detector?) -> String? {
        guard let order else { return nil }
        do throws(SherpaOnnxError) {
            detector = try VoiceActivityDetector(model: order.model, threshold: Float(order.threshold))
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Sends the audio until the device is gone or the other end finishes, which still gets the audio up to that
    /// moment.
    ///
    /// If the other end does not read for a while, the audio stays in the microphone's ring buffer.
    /// - Throws: `Errno` if the other end is closed.
    func listen(to microphone: Microphone, over socket: LinkSocket) throws {
        var lastSound = ContinuousClock.now
        while true {
            let isEnough = socket.hasNews(within: Self.period)
            let sound = microphone.take()
            try send(sound, over: socket)
            if microphone.overruns != overruns {
                overruns = microphone.overruns
                try socket.send(.lost(times: overruns))
            }
            // Ends the stream now: the process ends only after its memory has been returned, which takes a while.
            if isEnough { return socket.finish() }
            if !sound.isEmpty {
                lastSound = .now
            } else if !microphone.isOn || ContinuousClock.now - lastSound > Self.patience {
                return try socket.send(.gone)
            }
        }
    }

    private func send(_ sound: [Float], over socket: LinkSocket) throws {
        for start in stride(from: 0, to: sound.count, by: HeardSound.mostSamples) {
            let piece = Array(sound[start..<min(start + HeardSound.mostSamples, sound.count)])
            let speech = detector.map { detector in windows.receive(piece).map { detector.isSpeech($0) } }
            try socket.send(HeardSound(samples: piece, speech: speech).frame)
        }
    }
}
