#if os(Linux)
    import CSystemCalls
    import EngineHost
    import Foundation
    import ModelFamilies
    import SpeechTypes
    import Synchronization
    import TestSupport
    import Testing

    @testable import Engine

    /// A decode that never returns, in the real engine: one of its threads is stopped as a debugger does it, and the others go on.
    @Suite(.serialized)
    struct HangingDecodeTests {
        private let model = ModelSpecification.fixture(.whisper)

        /// Stops threads of other processes, each from a thread of this one that stays, as ptrace(2) wants it.
        private final class Debugger: Sendable {
            private let isOver = Atomic(false)

            func stop(_ thread: Int32) {
                Thread.detachNewThread { [self] in
                    // linux/ptrace.h: PTRACE_SEIZE, PTRACE_INTERRUPT.
                    let seized = asr_system_call(Int(__NR_ptrace), 0x4206, UInt(thread), 0, 0, 0, 0)
                    let halted = asr_system_call(Int(__NR_ptrace), 0x4207, UInt(thread), 0, 0, 0, 0)
                    #expect(seized == 0 && halted == 0, "\(String(cString: strerror(errno)))")
                    while !isOver.load(ordering: .relaxed) { usleep(10_000) }
                }
            }

            func letGo() { isOver.store(true, ordering: .relaxed) }
        }

        /// The thread of a process that computes most at the moment.
        private func busiestThread(of process: Int32) async throws -> Int32 {
            func work() -> [Int32: Int] {
                let folder = "/proc/\(process)/task"
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return Dictionary(
                    uniqueKeysWithValues: names.compactMap { name in
                        let fields = ProcessTable.pages(of: "\(folder)/\(name)/stat").split(separator: " ")
                        guard let id = Int32(name), fields.count > 14 else { return nil }
                        return (id, Int(fields[13]) ?? 0)
                    })
            }
            return try await untilFound("a thread that decodes") {
                let before = work()
                try await Task.sleep(for: .milliseconds(200))
                let most = work().map { ($0.key, $0.value - before[$0.key, default: $0.value]) }.max { $0.1 < $1.1 }
                return most.flatMap { $0.1 >= 5 ? $0.0 : nil }
            }
        }

        @Test func aDecodeThatNeverReturnsIsNoticedAndTheSecondTimeItsJobFails() async throws {
            let folder = try TemporaryFolder()
            let sound = try WaveFile(path: Fixtures.audio("en_two_phrases_16k.wav")).repeated(400)
            let job = TranscriptionJob(
                path: try folder.write(sound, to: "long.wav"), fileName: "long.wav", language: nil,
                maximumDuration: .seconds(3600))
            let program = EngineProcess(EngineExecutable(path: ServerProcess.path(of: "asr2clip-engine")))
            let debugger = Debugger()
            defer { debugger.letGo() }
            try await withPool(program, [model], patience: .seconds(3), decodeLimit: .zero) { pool in
                let answer = Task {
                    for try await _ in await pool.transcribe(job, with: model) {}
                }
                var seen: Set<Int32> = []
                for _ in 0..<2 {
                    let process = try await untilFound("an engine at work") {
                        await pool.reports().compactMap(\.process).first { !seen.contains($0) }
                    }
                    seen.insert(process)
                    debugger.stop(try await busiestThread(of: process))
                    try await eventually("the engine is ended") {
                        await !pool.reports().contains { $0.process == process }
                    }
                }
                let error = await #expect(throws: EngineError.self) { try await answer.value }
                #expect(error?.code == .crashed)
            }
        }
    }
#endif
