import Concurrency
import CProcess
import Dispatch
import EngineLink
import Essentials

/// `asr2clip-engine`: all native code, one job for each process. Only the server and the tool start it.
enum EngineProgram {
    /// Reads the order from standard input, and runs its job until the parent ends.
    static func main() -> Never {
        if CommandLine.arguments.dropFirst() == ["--version"] {
            print(Version.text)
            exit(EXIT_SUCCESS)
        }
        // A terminal or a service manager signals the whole process group; the parent handles these signals.
        for number in [SIGINT, SIGTERM, SIGPIPE] { signal(number, SIG_IGN) }
        let notices = Notices()
        notices.send(.version(Version.text))
        let socket = LinkSocket(owning: STDIN_FILENO)
        guard let frame = try? socket.receive(limit: EngineOrder.mostBytes),
            let version = try? frame.message(as: OrderVersion.self).version
        else {
            StandardError.write("asr2clip-engine is started by asr2clip, and not by hand. Try: asr2clip serve\n")
            exit(EX_USAGE)
        }
        guard version == Version.text, let order = try? frame.message(as: EngineOrder.self) else {
            notices.send(.failed("This asr2clip-engine is version \(Version.text), and asr2clip is \(version)."))
            exit(EXIT_FAILURE)
        }
        endWithParent(order.parent)
        if let lack = ThreadRoom.lack(of: ThreadRoom.engine) {
            StandardError.write("\(lack)\n")
            exit(EXIT_FAILURE)
        }
        let door = Door(socket)
        Task {
            switch order.job {
            case .recognise(let order): await RecogniseJob.run(order, door: door, notices: notices)
            case .unpack: await UnpackJob.run(door: door, notices: notices)
            case .listen(let order): await ListenJob.run(order, door: door)
            case .devices: await DevicesJob.run(door: door)
            case .measure(let path): await MeasureJob.run(path: path, door: door, notices: notices)
            }
            // Not `exit`: that would run C++ destructors while threads of the libraries still use the objects.
            _exit(EXIT_SUCCESS)
        }
        dispatchMain()
    }

    /// On Linux, the kernel ends the engine with its parent; `getppid` finds a parent that had ended before. On every
    /// system, the engine also ends with its standard input (`Door`).
    private static func endWithParent(_ parent: Int32) {
        #if os(Linux)
            _ = asr_die_with_parent()
        #endif
        guard getppid() == parent else { exit(EXIT_FAILURE) }
    }

    /// The part of an order that every version can read.
    private struct OrderVersion: Decodable {
        let version: String
    }
}
