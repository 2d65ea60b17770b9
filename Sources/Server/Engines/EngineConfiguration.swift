package import Concurrency
package import EngineHost
import Essentials
package import ModelFamilies
import SpeechTypes

/// The models that a pool keeps engines for, and their limits. One value for each state of the registry.
package struct EngineConfiguration: Sendable, Equatable {
    package var models: Set<ModelSpecification>
    /// The name of the model whose engine is restarted at once when it dies, so that the next job finds it ready.
    package var stayingLoaded: String?
    package var threads: Int
    /// How long an engine may be idle before it is ended, except that of `stayingLoaded`; `nil` for no limit.
    package var keepAlive: Duration?
    /// How many engines may be in memory, not counting those that end with their last job.
    package var maximumLoaded: Int

    package init(
        models: Set<ModelSpecification>, stayingLoaded: String?, threads: Int, keepAlive: Duration?, maximumLoaded: Int
    ) {
        self.models = models
        self.stayingLoaded = stayingLoaded
        self.threads = threads
        self.keepAlive = keepAlive
        self.maximumLoaded = maximumLoaded
    }
}

extension EnginePool {
    package struct Configuration: Sendable {
        let program: any EngineProgram
        /// The path of a file with settings for ONNX Runtime (`RuntimeSettings.text`).
        let runtimeSettings: String
        /// Writes that file again if it has been removed; called before each start of an engine.
        let restore: @Sendable () throws -> Void
        /// How long a request waits for a model to load.
        let loadWait: Duration
        /// The path of the voice activity model; `nil` if it is not installed.
        let detectorModel: String?
        /// The most bytes of memory each engine may have for data; `nil` for what the machine or control group has.
        var engineMemory: Int?
        /// Reads the engines' answers.
        let executor: EventLoopExecutor
        /// How long an engine with a running request may send nothing; noticing it may take as long again. A working
        /// engine reports every second, so a silent one hangs.
        var patience = Duration.seconds(30)
        /// How long a decode may take before its engine counts as hanging.
        var decodePatience = DecodePatience.standard
        /// How long a request that was running when its engine ended waits if there is no memory to run it apart.
        var suspectWait = Duration.seconds(600)
        /// Returns how many bytes of memory are free for another engine.
        var freeMemory: @Sendable () -> Int = { MachineMemory.free }

        package init(
            program: any EngineProgram, runtimeSettings: String,
            restore: @escaping @Sendable () throws -> Void = {}, loadWait: Duration, detectorModel: String?,
            engineMemory: Int? = nil, executor: EventLoopExecutor = EventLoopExecutor()
        ) {
            self.program = program
            self.runtimeSettings = runtimeSettings
            self.restore = restore
            self.loadWait = loadWait
            self.detectorModel = detectorModel
            self.engineMemory = engineMemory
            self.executor = executor
        }
    }
}
