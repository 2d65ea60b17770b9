import AudioInput
import Concurrency
import EngineLink
import Essentials
import Sandbox

/// `listen`: one microphone, from when it is turned on until the tool lets go or the device is gone.
enum ListenJob {
    /// Turns the device on, says so, closes the sandbox, and sends what is heard.
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
            // The tool has let go.
        }
        // The device goes with the process. What the libraries would do at an orderly end needs what was given up.
        _exit(EXIT_SUCCESS)
    }
}

/// `devices`: what there is to listen to.
enum DevicesJob {
    /// Looks, and tells.
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
        if let frame = try? Frame(message: reply) { try? socket.send(frame) }
        _exit(EXIT_SUCCESS)
    }
}

/// The sound servers that libraries start for whoever wants to record, if none runs.
private enum SoundDaemons {
    /// Keeps them from it: libpulse starts none where it cannot wait for a child to end (PulseAudio, context.c), nor does
    /// JACK where this variable is set (jackd(1)).
    static func startNone() {
        signal(SIGCHLD, SIG_IGN)
        setenv("JACK_NO_START_SERVER", "1", 1)
    }
}

extension LinkSocket {
    /// Says something about the listening.
    func send(_ event: ListenEvent) throws {
        try send(Frame(message: event))
    }
}
