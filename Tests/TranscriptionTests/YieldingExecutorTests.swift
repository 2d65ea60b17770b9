import BlockingWork
import Foundation
import Testing

#if os(Linux)
    @Suite("An actor that steps back")
    struct YieldingExecutorTests {
        actor Worker {
            private let executor = YieldingExecutor(label: "test worker")
            nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
            private(set) var seen: [Int] = []
            private var isBusy = false

            /// - Returns: Whether it was alone.
            func add(_ number: Int) -> Bool {
                defer { isBusy = false }
                guard !isBusy else { return false }
                isBusy = true
                usleep(10)
                seen.append(number)
                return true
            }

            func stepBack() { executor.stepBack() }
            var niceness: Int32 { getpriority(Int32(PRIO_PROCESS.rawValue), 0) }
            /// Its directory below `/proc`, such as `71/task/72`.
            var thread: String { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? "" }
        }

        @Test("runs its jobs one after the other, before, while and after it steps back")
        func oneAtATime() async throws {
            let worker = Worker()
            let alone = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask { await worker.add(number) }
                    if number == 300 {
                        group.addTask {
                            await worker.stepBack()
                            return true
                        }
                    }
                }
                return await group.allSatisfy { $0 }
            }
            #expect(alone)
            #expect(await worker.seen.sorted() == Array(0..<1000))
            let name = try String(contentsOfFile: "/proc/\(await worker.thread)/comm", encoding: .utf8)
            #expect(name == "test worker\n")
        }

        @Test("steps back alone")
        func stepsBack() async {
            let (worker, other) = (Worker(), Worker())
            let usual = await other.niceness
            await worker.stepBack()
            #expect(await worker.niceness == 5)
            #expect(await other.niceness == usual)
        }

        @Test("ends its thread with its actor", .timeLimit(.minutes(1)))
        func ends() async throws {
            let thread = await Self.threadOfItsOwn()
            try #require(thread.contains("/task/"))
            while FileManager.default.fileExists(atPath: "/proc/\(thread)") { try await Task.sleep(for: .milliseconds(5)) }
        }

        private static func threadOfItsOwn() async -> String {
            let worker = Worker()
            await worker.stepBack()
            return await worker.thread
        }
    }
#endif
