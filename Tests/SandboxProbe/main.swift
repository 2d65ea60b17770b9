// Enters an engine's sandbox and tries what it may not do, and what it has to be able to do. Writes a line for each:
// what was tried, and `done` or the error.
import Sandbox
import Foundation

#if os(Linux)
    guard CommandLine.arguments.count == 3, let port = UInt16(CommandLine.arguments[1]) else {
        print("usage: SandboxProbe PORT FOLDER")
        exit(EX_USAGE)
    }
    let attempts = Attempts(port: port, folder: CommandLine.arguments[2])
    let early = EarlyThread { outcome(of: attempts.connect) }
    for lack in EngineSandbox(memory: 1 << 30, opensDevices: false).enter() { print("lacks: \(lack)") }
    for (name, attempt) in attempts.all { print("\(name): \(outcome(of: attempt))") }
    print("connect on a thread from before: \(early.run())")
#endif
