import EngineLink
import Concurrency
import ModelFamilies
import Sandbox
import Recognition
import SpeechTypes

/// `recognise`: one model, for all recordings requested.
enum RecogniseJob {
    /// Loads the model, reports that it is ready, and serves requests until the process ends.
    static func run(_ order: RecogniseOrder, door: Door, notices: Notices) async {
        let sandbox = EngineSandbox(
            for: .recognise(opensDevices: order.model.options.needsDevices), memory: order.memory)
        sandbox.enter(warning: notices)
        let progress = LoadProgress(of: order.model) { notices.send(.loading) }
        let recognizer: Recognizer
        do throws(RecognitionError) {
            recognizer = try Recognizer(
                order.model, operatorThreads: order.threads.perLane, threadsAlone: order.threads.alone,
                runtimeSettings: order.runtimeSettings)
        } catch {
            return notices.send(.failed(error.message))
        }
        let detector = VoiceActivityModel(path: order.detector)
        if let fault = detector.fault {
            StandardError.write("\(fault) Until then, long recordings are cut at quiet places.\n")
        }
        let executor = EventLoopExecutor()
        let pipeline = TranscriptionPipeline(
            recognizer: recognizer, lanes: order.threads.lanes, detector: detector,
            patience: order.decodePatience,
            clock: EventLoopClock(executor.eventLoop), executor: executor)
        do {
            try await pipeline.warmUp()
        } catch {
            let reason = (error as? TranscriptionError)?.message ?? "\(error)"
            return notices.send(
                .failed("Model '\(order.model.name)' was loaded but cannot decode. \(reason) Check its files."))
        }
        progress.end()
        notices.send(.ready)
        // On the event loop that the connections use anyhow, so that a job does not wait for another thread.
        await withTaskExecutorPreference(executor) {
            for await descriptor in door.descriptors { JobHandler.serve(descriptor, pipeline: pipeline, on: executor) }
        }
    }
}
