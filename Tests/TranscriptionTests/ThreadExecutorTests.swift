import BlockingWork
import Foundation
import Testing

#if os(Linux)
    @Suite("A thread of an actor's own")
    struct ThreadExecutorTests {
        actor Worker {
            private let executor = ThreadExecutor(label: "test worker")
            nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
            private(set) var seen: [Int] = []

            func add(_ number: Int) { seen.append(number) }
            func stepBack() { executor.stepBack() }
            var niceness: Int32 { getpriority(Int32(PRIO_PROCESS.rawValue), 0) }
            /// Its directory below `/proc`, such as `71/task/72`.
            var thread: String { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? "" }
        }

        @Test("runs its jobs one after the other, on one thread")
        func oneThread() async throws {
            let worker = Worker()
            await withTaskGroup { group in
                for number in 0..<1000 { group.addTask { await worker.add(number) } }
            }
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

        @Test("ends with its actor", .timeLimit(.minutes(1)))
        func ends() async throws {
            let thread = await Worker().thread
            try #require(thread.contains("/task/"))
            while FileManager.default.fileExists(atPath: "/proc/\(thread)") { try await Task.sleep(for: .milliseconds(5)) }
        }
    }
#endif
