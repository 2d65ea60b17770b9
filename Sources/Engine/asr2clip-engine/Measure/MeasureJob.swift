import AudioInput
import Concurrency
import EngineLink
import Essentials
import Sandbox

/// `measure`: the length of a recording from its header.
enum MeasureJob {
    /// Reads the header, and sends the reply.
    static func run(path: String, door: Door, notices: Notices) async {
        // It reads the same files as recognition does, so the same sandbox fits.
        let sandbox = EngineSandbox(for: .recognise(opensDevices: false), memory: nil)
        for lack in sandbox.enter() { notices.send(.warning("The engine's sandbox is without \(lack).")) }
        let length = try? await abandonable { try AudioDecoder(path: path, name: path).declaredDuration }
        let socket = await door.connection()
        if let frame = try? Frame(message: LengthReply(length: length ?? nil)) { try? socket.send(frame) }
        _exit(EXIT_SUCCESS)
    }
}
