import Concurrency
import Foundation
import Testing

#if os(Linux)
    @Suite struct LowPriorityExecutorTests {
        actor Worker {
            private let executor = LowPriorityExecutor(label: "test worker")
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

            func lowerPriority() { executor.lowerPriority() }
            var niceness: Int32 { getpriority(Int32(PRIO_PROCESS.rawValue), 0) }
            /// Its directory below `/proc`, such as `71/task/72`.
            var thread: String {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
            }
        }

        @Test func runsOneJobAtATimeWhilePriorityIsLowered() async throws {
            let worker = Worker()
            let alone = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask { await worker.add(number) }
                    if number == 300 {
                        group.addTask {
                            await worker.lowerPriority()
                            return true
                        }
                    }
                }
                return await group.allSatisfy { $0 }
            }
            #expect(alone)
            #expect(await worker.seen.sorted() == Array(0..<1000))
            let thread = await Task { await worker.thread }.value
            let name = try String(contentsOfFile: "/proc/\(thread)/comm", encoding: .utf8)
            #expect(name == "test worker\n")
        }

        @Test func onlyItsOwnPriorityIsLowered() async {
            let (worker, other) = (Worker(), Worker())
            let usual = await other.niceness
            await worker.lowerPriority()
            // A separate task, because the compiler may run two consecutive calls in one job.
            #expect(await Task { await worker.niceness }.value == 5)
            #expect(await other.niceness == usual)
        }

        @Test(.timeLimit(.minutes(5))) func endsItsThreadWithItsActor() async throws {
            let thread = await Self.threadOfItsOwn()
            try #require(thread.contains("/task/"))
            while FileManager.default.fileExists(atPath: "/proc/\(thread)") {
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        private static func threadOfItsOwn() async -> String {
            let worker = Worker()
            await worker.lowerPriority()
            return await Task { await worker.thread }.value
        }
    }
#endif
