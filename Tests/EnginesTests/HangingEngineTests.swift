#if os(Linux)
    import CSystemCalls
    import EngineHost
    import Foundation
    import ModelFamilies
    import SpeechTypes
    import Synchronization
    import TestSupport
    import Testing

    @testable import Engines

    /// The real engine when it hangs: all of it, or one decode.
    @Suite(.serialized)
    struct HangingEngineTests {
        private let model = ModelSpecification.fixture(.whisper)
        private let program = EngineProcess(EngineExecutable(path: ServerProcess.path(of: "asr2clip-engine")))
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// A stopped engine is silent for longer than a working engine ever is.
        @Test func aJobSurvivesAStoppedEngine() async throws {
            let settings = try folder.write(RuntimeSettings.text, to: "runtime.json")
            let log = LogRecorder()
            let job = TranscriptionJob(
                path: Fixtures.audio("en_word_16k.wav"), fileName: "word.wav", language: nil,
                maximumDuration: .seconds(60))
            try await withPool(
                program, [model], runtimeSettings: settings, patience: .seconds(5), logger: log.logger
            ) { pool in
                for try await _ in await pool.transcribe(job, with: model) {}
                let process = try #require(await pool.reports().compactMap(\.process).first)
                kill(process, SIGSTOP)
                var text = ""
                for try await case .segment(let segment) in await pool.transcribe(job, with: model) {
                    text += segment.text
                }
                #expect(text.contains("stop"))
                await #expect(!pool.reports().contains { $0.process == process })
                #expect(log.messages.contains { $0.contains("does not answer any more and is killed") })
            }
        }

        /// Stops threads of other processes, each from a thread of its own that keeps running, as ptrace(2) requires.
        private final class Debugger: Sendable {
            private let isOver = Atomic(false)
            /// wait(2): __WALL.
            private let waitsForThreads: Int32 = 0x4000_0000

            func stop(_ thread: Int32) {
                Thread.detachNewThread { [self] in
                    // linux/ptrace.h: PTRACE_SEIZE, PTRACE_INTERRUPT.
                    let seized = asr_system_call(Int(__NR_ptrace), 0x4206, UInt(thread), 0, 0, 0, 0)
                    let halted = asr_system_call(Int(__NR_ptrace), 0x4207, UInt(thread), 0, 0, 0, 0)
                    #expect(seized == 0 && halted == 0, "\(String(cString: strerror(errno)))")
                    // The tracer must wait for the thread's end; before that, its process has not ended.
                    while !isOver.load(ordering: .relaxed) {
                        _ = waitpid(thread, nil, waitsForThreads | WNOHANG)
                        usleep(10_000)
                    }
                }
            }

            func letGo() { isOver.store(true, ordering: .relaxed) }
        }

        /// The thread of the lane that is decoding. A recording longer than a minute is decoded in the background.
        private func decodingThread(of process: Int32) async throws -> Int32 {
            let folder = "/proc/\(process)/task"
            func lanes() -> [Int32: Int] {
                let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return threads.reduce(into: [:]) { lanes, thread in
                    guard ProcessTable.pages(of: "\(folder)/\(thread)/comm").hasPrefix("background"),
                        let id = Int32(thread)
                    else { return }
                    let fields = ProcessTable.pages(of: "\(folder)/\(thread)/stat").split(separator: " ")
                    // proc(5): the user time is field 14; a name of two words shifts it by one.
                    lanes[id] = fields.count > 15 ? Int(fields[14]) : nil
                }
            }
            return try await untilFound("a lane that decodes, among \(lanes())") {
                let before = lanes()
                try await Task.sleep(for: .milliseconds(200))
                return lanes().first { $0.value - before[$0.key, default: $0.value] >= 3 }?.key
            }
        }

        /// One thread of its lanes is stopped as by a debugger, and the others continue.
        @Test func aDecodeThatNeverReturnsIsNoticedAndTheSecondTimeItsJobFails() async throws {
            let sound = try WaveFile(path: Fixtures.audio("en_two_phrases_16k.wav")).repeated(400)
            let job = TranscriptionJob(
                path: try folder.write(sound, to: "long.wav"), fileName: "long.wav", language: nil,
                maximumDuration: .seconds(3600))
            let settings = try folder.write(RuntimeSettings.text, to: "runtime.json")
            let debugger = Debugger()
            defer { debugger.letGo() }
            try await withPool(
                program, [model], runtimeSettings: settings, patience: .seconds(3),
                decodePatience: DecodePatience(floor: .seconds(2), factor: 0)
            ) { pool in
                let answer = Task {
                    for try await _ in await pool.transcribe(job, with: model) {}
                }
                var seen: Set<Int32> = []
                for _ in 0..<2 {
                    let process = try await untilFound("an engine at work") {
                        await pool.reports().compactMap(\.process).first { !seen.contains($0) }
                    }
                    seen.insert(process)
                    debugger.stop(try await decodingThread(of: process))
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
