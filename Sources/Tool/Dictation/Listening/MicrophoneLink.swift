import Concurrency
public import EngineHost
import EngineLink

/// A microphone that a process of its own listens to. It is started at once; when nobody holds this any more, it ends.
///
/// Its calls block, though never for long. They are for one task.
public final class MicrophoneLink: @unchecked Sendable {
    /// How a device is turned on.
    private let order: ListenOrder
    private let program: any EngineProgram
    private let session: EngineSession
    private var talk: ListenTalk

    /// Turning a device on takes no longer, unless the sound system hangs.
    static let startPatience = Duration.seconds(30)
    /// A device that gives nothing for so long is gone, and so is a process that is not done for so long.
    static let patience = Duration.seconds(4)

    /// Starts to listen. What is heard waits to be taken.
    ///
    /// - Parameters:
    ///   - settings: How.
    ///   - program: The program that listens.
    /// - Throws: `ListeningError` if the system has no room for it, or the model that the mode needs is not installed.
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
    /// - Parameter device: The name that it had. Its number may be another's by now.
    /// - Returns: The link to it.
    /// - Throws: `ListeningError` if the system has no room for it.
    func again(device: String) throws(ListeningError) -> MicrophoneLink {
        var order = order
        if order.device != nil { order.device = device }
        return try MicrophoneLink(order, program: program)
    }

    /// Takes what comes next.
    ///
    /// - Parameter wait: How long to wait for it.
    /// - Returns: Nothing, if nothing comes.
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

    /// Says that it is enough. What was heard until now still comes, and then the end.
    func finish() {
        session.socket.finish()
    }

    /// Ends the process.
    func cancel() {
        session.cancel()
    }

    /// Why the process has ended.
    ///
    /// - Throws: `CancellationError`.
    func fault() async throws -> String { try await session.failure(within: .seconds(1)).description }
}
