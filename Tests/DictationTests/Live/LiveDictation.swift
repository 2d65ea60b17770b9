import EngineHost
import Foundation
import ModelStore
import Synchronization
import TestSupport

@testable import Dictation

/// A whole dictation with scripted sound and a server on this machine.
struct LiveDictation {
    var mode = ListeningMode.untilStopped
    var printsWords = false
    var patience = Duration.seconds(60)
    var heartbeat = Duration.seconds(20)
    var settings = ConfigurationSettings()
    var write: (@Sendable (String) throws -> Void)?

    /// What the user sees.
    final class Seen: Sendable {
        struct State {
            var output = ""
            var messages: [String] = []
            var live: [String] = []
            var heard = Duration.zero
        }

        private let state = Mutex(State())

        var output: String { state.withLock { $0.output } }
        var messages: [String] { state.withLock { $0.messages } }
        var live: [String] { state.withLock { $0.live } }
        var heard: Duration { state.withLock { $0.heard } }

        fileprivate func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    }

    /// Dictates what `ear` sends until a condition is met.
    func run(
        with server: RealtimeServer, in store: RecordingStore, _ ear: ScriptedEar, seen: Seen = Seen(),
        until isEnough: @escaping @Sendable (Seen) -> Bool
    ) async throws -> (outcome: SessionOutcome, seen: Seen) {
        var flags = settings
        flags.baseURL = server.url
        var policy = RetryPolicy()
        policy.pause = .milliseconds(1)
        policy.patience = patience
        policy.heartbeat = heartbeat
        let configuration = try ClientConfiguration(flags: flags)
        // The scripted ear is silent while it waits for the server.
        let listening = ListeningSettings(
            mode: mode, detectorModel: mode == .untilStopped ? nil : "/model.onnx", patience: .seconds(600))
        let microphone = try MicrophoneLink(listening.order, program: ear)
        let transcriber = RecordingTranscriber(
            service: TranscriptionClient(configuration, policy: policy),
            engine: EngineProcess(EngineExecutable(path: "/nowhere")), template: TranscriptionRequest(flags),
            delivery: TextDelivery(
                clipboard: Clipboard(.none, environment: [:]), file: nil,
                write: write ?? { text in seen.change { $0.output += text } }),
            report: { event in
                seen.change { seen in
                    switch event {
                    case .note(let words), .warning(let words): seen.messages.append(words)
                    case .live(let words): seen.live.append(words)
                    case .level(_, let time): seen.heard = time
                    default: break
                    }
                }
            })
        let control = DictationControl()
        let stopping = Task {
            while !isEnough(seen), !Task.isCancelled { try await Task.sleep(for: .milliseconds(5)) }
            control.stop()
        }
        defer { stopping.cancel() }
        let outcome = try await transcriber.dictate(
            listening, microphone: microphone, store: store, control: control, printsWords: printsWords)
        return (outcome, seen)
    }
}

/// Lets a script wait for something in another task.
final class Gate: Sendable {
    private let count = Atomic(0)

    /// Lets one more pass.
    func open() { count.add(1, ordering: .sequentiallyConsistent) }

    /// Blocks until `open` has been called this many times; gives up after ten minutes, so that a failed test ends.
    func wait(for times: Int = 1) {
        for _ in 0..<600_000 where count.load(ordering: .sequentiallyConsistent) < times { usleep(1000) }
    }
}

extension LiveServer {
    /// The server of a configuration, as the client makes it.
    init(_ configuration: ClientConfiguration, environment: [String: String]) {
        let proxies = ProxySettings(environment: environment)
        let policy = RetryPolicy()
        self.init(
            connection: ServerConnection(configuration: configuration, policy: policy, proxies: proxies),
            client: TranscriptionClient(configuration, policy: policy, proxies: proxies),
            template: TranscriptionRequest(configuration.settings), printsWords: false)
    }
}
