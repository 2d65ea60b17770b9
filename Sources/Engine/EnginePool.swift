import AsyncHTTPClient
public import Logging
import NIOCore
public import SpeechRecognition

/// The engines of a server, one a model, made when they are first wanted.
public actor EnginePool {
    /// How engines are run.
    public struct Configuration: Sendable {
        /// Our own executable, which is an engine when told so.
        public var executable: String
        /// Where the sockets go: a directory that only this user may enter.
        public var directory: String
        /// Segments decoded at once by each engine.
        public var lanes: Int
        /// How long a request waits for a model to load.
        public var loadWait: Duration

        /// Describes how engines are run.
        public init(executable: String, directory: String, lanes: Int, loadWait: Duration) {
            self.executable = executable
            self.directory = directory
            self.lanes = lanes
            self.loadWait = loadWait
        }
    }

    private let surroundings: EngineSupervisor.Surroundings
    private var supervisors: [String: EngineSupervisor] = [:]

    /// Makes an empty pool.
    public init(_ configuration: Configuration, logger: Logger) {
        var client = HTTPClient.Configuration()
        // A socket is one host to the client: without this the ninth job of an engine would wait unseen.
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100_000
        // Who finds no socket has to know at once: the engine has ended, and the job goes to the next run.
        client.connectionPool.retryConnectionEstablishment = false
        client.proxy = nil
        surroundings = EngineSupervisor.Surroundings(
            executable: configuration.executable, directory: configuration.directory, lanes: configuration.lanes,
            loadWait: configuration.loadWait, client: HTTPClient(configuration: client), logger: logger)
    }

    /// The engine of a model, which may still have to be started.
    ///
    /// One that stays loaded is started again at once when it dies, for the next job to find it ready.
    public func engine(for model: ModelSpecification, staysLoaded: Bool = false) -> EngineSupervisor {
        if let supervisor = supervisors[model.name] { return supervisor }
        let supervisor = EngineSupervisor(model: model, staysLoaded: staysLoaded, surroundings: surroundings)
        supervisors[model.name] = supervisor
        return supervisor
    }

    /// Where a model's engine is in its life.
    public func status(of name: String) async -> EngineStatus {
        await supervisors[name]?.status ?? .unloaded
    }

    /// Whether a model has been loaded at least once.
    public func hasBeenLoaded(_ name: String) async -> Bool {
        await supervisors[name]?.hasBeenLoaded ?? false
    }

    /// Ends all engines.
    public func shutDown() async {
        await withTaskGroup { group in
            for supervisor in supervisors.values { group.addTask { await supervisor.shutDown() } }
        }
        try? await surroundings.client.shutdown()
    }
}
