import Concurrency
public import EngineHost
import EngineLink

/// A microphone and the process that listens to it. The process starts at once and ends with the last reference.
///
/// Its calls block for a short time. `@unchecked Sendable` is safe as long as only one task uses it at a time, as
/// `Listener` does: `talk` is the only state that changes.
public final class MicrophoneLink: @unchecked Sendable {
    /// How to turn the device on.
    private let order: ListenOrder
    private let program: any EngineProgram
    private let session: EngineSession
    private var talk: ListenTalk

    /// If turning a device on takes longer than this, the sound system hangs.
    static let startPatience = Duration.seconds(30)
    /// A device that delivers nothing for this long is gone. A process gets this long to finish.
    static let patience = Duration.seconds(4)

    /// Starts listening. The sound is buffered until it is read.
    ///
    /// - Parameters:
    ///   - settings: How to listen.
    ///   - program: The program that listens.
    /// - Throws: `ListeningError` if the process cannot be started, or the model that the mode needs is not installed.
    public convenience init(_ settings: ListeningSettings, program: any EngineProgram) throws(ListeningError) {
        try self.init(try settings.order, program: program)
    }

    init(_ order: ListenOrder, program: any EngineProgram) throws(ListeningError) {
        self.order = order
        self.program = program
        talk = ListenTalk(wantsDetector: order.detector != nil)
        do throws(EngineFailure) {
            session = try EngineSession(.listen(order), on: program)
        } catch {
            throw ListeningError("The microphone cannot be listened to. \(error)")
        }
    }

    /// Starts another process that listens to the same device.
    ///
    /// - Parameter device: The device's name: its number may belong to another device by now.
    /// - Returns: The link to the new process.
    /// - Throws: `ListeningError` if the process cannot be started.
    func again(device: String) throws(ListeningError) -> MicrophoneLink {
        var order = order
        if order.device != nil { order.device = device }
        return try MicrophoneLink(order, program: program)
    }

    /// Reads the next frame.
    ///
    /// - Parameter wait: How long to wait for it.
    /// - Returns: `nothing` if none arrives in time.
    func next(within wait: Duration) -> ListenTalk.News {
        do throws(FrameError) {
            switch try session.socket.receiveIfReady(limit: HeardSound.longestFrame, within: wait) {
            case .frame(let frame): return talk.take(frame, at: .now)
            case .nothing: return .nothing
            case .end: return .over(.broken(""))
            }
        } catch {
            return .over(.broken("The process that listens sends \(error)."))
        }
    }

    /// Asks the process to stop. The sound heard so far can still be read; then the stream ends.
    func finish() {
        session.socket.finish()
    }

    /// Ends the process.
    func cancel() {
        session.cancel()
    }

    /// Finds out why the process has ended.
    ///
    /// - Throws: `CancellationError`.
    func fault() async throws -> String { try await session.failure(within: .seconds(1)).description }
}
