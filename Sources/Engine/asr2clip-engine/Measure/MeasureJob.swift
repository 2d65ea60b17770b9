import AudioInput
import Concurrency
import EngineLink
import Essentials
import Sandbox

/// `measure`: how long a recording is by its header.
enum MeasureJob {
    /// Looks into the file, and tells.
    static func run(path: String, door: Door, notices: Notices) async {
        // The files are those that are recognised.
        let sandbox = EngineSandbox(for: .recognise(opensDevices: false), memory: nil)
        for lack in sandbox.enter() { notices.send(.warning("The engine's sandbox is without \(lack).")) }
        let length = try? await abandonable { try AudioDecoder(path: path, name: path).declaredDuration }
        let socket = await door.connection()
        if let frame = try? Frame(message: LengthReply(length: length ?? nil)) { try? socket.send(frame) }
        _exit(EXIT_SUCCESS)
    }
}
