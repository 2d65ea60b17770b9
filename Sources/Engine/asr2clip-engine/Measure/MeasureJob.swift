import AudioInput
import Concurrency
import EngineLink
import Essentials
import Sandbox

/// `measure`: the length of a recording from its header.
enum MeasureJob {
    static func run(path: String, door: Door, notices: Notices) async {
        // It reads the same files as recognition does, so the same sandbox fits.
        EngineSandbox(for: .recognise(opensDevices: false), memory: nil).enter(warning: notices)
        let length = try? await abandonable { try AudioDecoder(path: path, name: path).declaredDuration }
        let socket = await door.connection()
        try? socket.send(Frame(message: length))
    }
}
