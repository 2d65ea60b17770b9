import AudioInput
import Concurrency
import EngineLink
import Essentials
import SherpaOnnx
import SpeechTypes

/// Sends what a microphone hears, and in which parts of it somebody speaks. It works on a thread of its own.
actor Ear {
    private let executor = QueueExecutor(label: "ear")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How often the microphone is asked.
    private static let period = Duration.milliseconds(10)
    /// A microphone that gives nothing for so long is gone, whatever the system says.
    private static let patience = Duration.seconds(3)

    private var detector: VoiceActivityDetector?
    private var windows = FrameChunker(size: SpeechWindow.samples)
    private var overruns = 0

    /// Loads the detector.
    ///
    /// - Returns: Why it cannot be loaded; `nil` if it can, or if none is wanted.
    func load(_ order: ListenOrder.Detector?) -> String? {
        guard let order else { return nil }
        do throws(SherpaOnnxError) {
            detector = try VoiceActivityDetector(model: order.model, threshold: Float(order.threshold))
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Sends all that is heard, until the other end has enough, which gets what came until then, or the device is gone.
    ///
    /// If the other end does not take it for a while, the microphone's ring keeps it.
    /// - Throws: `Errno` if the other end is gone.
    func listen(to microphone: Microphone, over socket: LinkSocket) throws {
        var lastSound = ContinuousClock.now
        while true {
            let isEnough = socket.hasNews(within: Self.period)
            let sound = microphone.take().samples
            try send(sound, over: socket)
            if microphone.overruns != overruns {
                overruns = microphone.overruns
                try socket.send(.lost(times: overruns))
            }
            // The end is seen now, and not when the process is gone, whose memory takes a while to be given back.
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
