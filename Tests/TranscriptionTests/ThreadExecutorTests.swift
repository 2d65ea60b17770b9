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
            var thread: String { threadName("thread-self") }
        }

        @Test("runs its jobs one after the other, on one thread")
        func oneThread() async {
            let worker = Worker()
            await withTaskGroup { group in
                for number in 0..<1000 { group.addTask { await worker.add(number) } }
            }
            #expect(await worker.seen.sorted() == Array(0..<1000))
            #expect(await worker.thread == "test worker")
        }

        @Test("steps back alone")
        func stepsBack() async {
            let (worker, other) = (Worker(), Worker())
            let usual = await other.niceness
            await worker.stepBack()
            #expect(await worker.niceness == 5)
            #expect(await other.niceness == usual)
        }

        @Test("ends with its actor")
        func ends() async throws {
            let before = threads(named: "short-lived")
            #expect(before == 0)
            try await Self.useAndDrop()
            while threads(named: "short-lived") > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }

        private static func useAndDrop() async throws {
            actor Dropped {
                private let executor = ThreadExecutor(label: "short-lived")
                nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
                func count() -> Int { threads(named: "short-lived") }
            }
            #expect(await Dropped().count() == 1)
        }
    }

    private func threadName(_ thread: String) -> String {
        let text = try? String(contentsOfFile: "/proc/\(thread)/comm", encoding: .utf8)
        return text?.trimmingCharacters(in: .newlines) ?? ""
    }

    private func threads(named name: String) -> Int {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return all.count { threadName("self/task/\($0)") == name }
    }
#endif
