import Concurrency
import SpeechTypes

/// A recording that a live session hears while it is made. Calls of the listener return at once.
final class LiveItem: Sendable {
    /// Whether its words are printed while they arrive.
    let isPrinted: Bool
    /// Its words as they arrive, if they are printed; they end with the text, or when there will be none.
    let words: AsyncStream<String>
    private let queue: AsyncStream<String>.Continuation
    private let outcome = OneShot<String?>()
    private let session: LiveSession
    let number: Int

    init(_ number: Int, of session: LiveSession, isPrinted: Bool) {
        self.number = number
        self.session = session
        self.isPrinted = isPrinted
        // Unbounded, but a server that sends more text than anybody says is not read.
        (words, queue) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
    }

    /// The session's text of the recording; `nil` if the session has none, so that the file is to be sent.
    func text() async throws -> String? { try await outcome.value() }

    /// Hears samples of full scale −1…1.
    func append(_ sound: [Float]) { session.append(sound, to: self) }

    /// The recording is complete, with its first `count` samples; what was heard beyond them is silence. `hasSpeech`
    /// says whether a detector heard speech.
    func end(keeping count: Int?, hasSpeech: Bool?) { session.end(self, keeping: count, hasSpeech: hasSpeech) }

    func add(_ words: String) {
        if isPrinted { queue.yield(words) }
    }

    func resolve(_ text: String?) {
        queue.finish()
        outcome.resolve(.success(text))
    }
}
