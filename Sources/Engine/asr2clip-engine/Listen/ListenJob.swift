import AudioInput
import Concurrency
import EngineLink
import Essentials
import Sandbox

/// `listen`: one microphone, until the tool closes the connection or the device is gone.
enum ListenJob {
    static func run(_ order: ListenOrder, door: Door) async {
        SoundDaemons.startNone()
        let ear = Ear()
        async let microphone = abandonable { try Microphone(order.device) }
        async let fault = ear.load(order.detector)
        let socket = await door.connection()
        do {
            let microphone = try await microphone
            try socket.send(.began(device: microphone.device.name, detectorFault: await fault))
            for lack in EngineSandbox(for: .listen, memory: nil).enter() {
                try socket.send(.warning("The microphone is listened to without \(lack)."))
            }
            try await ear.listen(to: microphone, over: socket)
        } catch let error as MicrophoneError {
            try? socket.send(.failed(error.description))
        } catch {
            // The tool has closed the connection.
        }
        // Ending the process closes the device. An orderly shutdown of the libraries would need what the sandbox
        // forbids.
        _exit(EXIT_SUCCESS)
    }
}

/// `devices`: the input devices.
enum DevicesJob {
    static func run(door: Door) async {
        SoundDaemons.startNone()
        let socket = await door.connection()
        let reply: DevicesReply
        do {
            let devices = try await abandonable { try InputDevice.all() }
            reply = .devices(devices.map { SoundDevice(index: $0.index, name: $0.name, isDefault: $0.isDefault) })
        } catch {
            reply = .failed((error as? MicrophoneError)?.description ?? "\(error)")
        }
        try? socket.send(Frame(message: reply))
    }
}

/// The sound servers that libraries start on demand for recording.
private enum SoundDaemons {
    /// Prevents that: libpulse starts none if it cannot wait for a child process (PulseAudio, context.c), nor does JACK
    /// if this variable is set (jackd(1)).
    static func startNone() {
        signal(SIGCHLD, SIG_IGN)
        setenv("JACK_NO_START_SERVER", "1", 1)
    }
}

extension LinkSocket {
    func send(_ event: ListenEvent) throws { try send(Frame(message: event)) }
}
