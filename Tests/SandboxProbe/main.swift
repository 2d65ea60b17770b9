// Enters the sandbox of a job and attempts calls that must be denied and calls that must work. Writes a line for each:
// the row of SECURITY.md's table, the attempt, the expected result and the actual one.
#if os(Linux)
    import CSystemCalls
    import Foundation
    import Sandbox

    let usage = "usage: SandboxProbe JOB PORT FOLDER SHARED-MEMORY MESSAGE-QUEUE SEMAPHORE, or SandboxProbe JOB END"
    let jobs: [String: EngineSandbox.Job] = [
        "recognise": .recognise(opensDevices: false), "drive": .recognise(opensDevices: true), "unpack": .unpack,
        "listen": .listen,
    ]

    /// Enters the sandbox, unless the job is `none`, which shows the results without a sandbox.
    func enterSandbox() {
        guard let job = jobs[CommandLine.arguments[1]] else { return }
        for lack in EngineSandbox(for: job, memory: 1 << 30).enter() { print("lacks: \(lack)") }
        fflush(nil)
    }

    let numbers = CommandLine.arguments.dropFirst(4).compactMap { UInt($0) }
    if CommandLine.arguments.count == 3 {
        let end = WayToEnd(rawValue: CommandLine.arguments[2])
        let code = WayToEnd.machineCode
        enterSandbox()
        end?.take(code)
        print("goes on")
    } else if CommandLine.arguments.count == 7, numbers.count == 3, let port = UInt16(CommandLine.arguments[2]) {
        let attempts = try Attempts(
            Attempts.Surroundings(
                port: port, folder: CommandLine.arguments[3], sharedMemory: numbers[0], messageQueue: numbers[1],
                semaphore: numbers[2]))
        prepareInternetSocket()
        let job = jobs[CommandLine.arguments[1]]
        let all = attempts.all
        _ = (parent, own)
        setlocale(LC_CTYPE, "C.UTF-8")  // in other locales libarchive does not read the names in zip archives
        enterSandbox()
        for attempt in all where job != nil || attempt.isHarmless {
            let expected = attempt.answers.of(job ?? .unpack).text
            print([attempt.row.rawValue, attempt.name, expected, attempt.run().text].joined(separator: "\t"))
        }
    } else {
        print(usage)
        exit(EX_USAGE)
    }
#endif
