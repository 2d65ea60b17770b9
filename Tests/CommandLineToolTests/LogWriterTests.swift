import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CommandLineTool

/// The log if it is read, if it is not read, and if it cannot be written.
@Suite struct LogWriterTests {
    /// Counts the lines that a writer reports as lost.
    private final class Losses: Sendable {
        private let sum = Atomic(0)
        var count: Int { sum.load(ordering: .relaxed) }
        func add(_ count: Int) { sum.add(count, ordering: .relaxed) }
    }

    private let losses = Losses()

    private func writer(to descriptor: FileDescriptor, capacity: Int) -> LogWriter {
        LogWriter(to: descriptor, capacity: capacity, notice: { "lost \($0)\n" }, onLoss: losses.add)
    }

    /// Reads until the writer has nothing more to write.
    private func readAll(_ descriptor: FileDescriptor, from writer: LogWriter) throws -> [String] {
        let flags = fcntl(descriptor.rawValue, F_GETFL)
        _ = fcntl(descriptor.rawValue, F_SETFL, flags | O_NONBLOCK)
        var bytes: [UInt8] = []
        var hasEnded = false
        while true {
            let count = try? withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
                let count = try descriptor.read(into: buffer)
                bytes += buffer.prefix(count)
                return count
            }
            if count ?? 0 > 0 { continue }
            if hasEnded { break }
            hasEnded = writer.flush(within: .milliseconds(20))
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func linesOfAllThreadsAreWrittenWhole() async throws {
        let pipe = try FileDescriptor.pipe()
        let writer = writer(to: pipe.writeEnd, capacity: 1 << 20)
        _ = await onThreads(4) { thread in
            for number in 0..<1000 { writer.write("\(thread) \(number)\n") }
        }
        let lines = try readAll(pipe.readEnd, from: writer)
        for thread in 0..<4 {
            #expect(lines.filter { $0.hasPrefix("\(thread) ") } == (0..<1000).map { "\(thread) \($0)" })
        }
        #expect(lines.count == 4000 && losses.count == 0)
    }

    /// Checks that lines numbered from 0 are all there, or reported as missing at the right place.
    ///
    /// - Returns: The number of missing lines.
    private func checkOrder(of log: [String], sent: Int) -> Int {
        var next = 0
        var missing = 0
        for line in log {
            if let lost = line.split(separator: " ").last.flatMap({ Int($0) }), line.hasPrefix("lost ") {
                next += lost
                missing += lost
            } else {
                guard line == "line \(next)" else {
                    Issue.record("line \(next) should be here, and is not: \(line)")
                    return missing
                }
                next += 1
            }
        }
        #expect(next == sent)
        return missing
    }

    @Test func unreadLinesAreDroppedAndCountedInPlace() throws {
        let pipe = try FileDescriptor.pipe()
        let writer = writer(to: pipe.writeEnd, capacity: 10_000)
        var sent = 0
        func send(_ count: Int) {
            for _ in 0..<count {
                writer.write("line \(sent)\n")
                sent += 1
            }
        }
        // More than the pipe and the queue can hold.
        while losses.count == 0 || writer.flush(within: .milliseconds(10)) { send(1000) }
        var log = try readAll(pipe.readEnd, from: writer)
        let lost = checkOrder(of: log, sent: sent)
        #expect(lost == losses.count && lost > 0)
        send(10)
        log += try readAll(pipe.readEnd, from: writer)
        #expect(checkOrder(of: log, sent: sent) == lost)
    }

    /// Repeatedly, with a reader that reads now and then.
    @Test func everyDroppedLineIsCounted() throws {
        let pipe = try FileDescriptor.pipe()
        let writer = writer(to: pipe.writeEnd, capacity: 5_000)
        var log: [String] = []
        var sent = 0
        for round in 0..<20 {
            for _ in 0..<3_000 * (round % 3) {
                writer.write("line \(sent)\n")
                sent += 1
            }
            log += try readAll(pipe.readEnd, from: writer)
        }
        #expect(checkOrder(of: log, sent: sent) == losses.count)
    }

    @Test func aFullDiskDropsLinesWithoutBlocking() throws {
        let full = try FileDescriptor.open("/dev/full", .writeOnly)
        let writer = writer(to: full, capacity: 1 << 20)
        for number in 0..<100 { writer.write("line \(number)\n") }
        #expect(writer.flush(within: .seconds(60)))
        #expect(losses.count == 100)
    }

    @Test func aClosedPipeDropsLinesWithoutBlocking() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try FileDescriptor.pipe()
        try pipe.readEnd.close()
        let writer = writer(to: pipe.writeEnd, capacity: 1 << 20)
        for number in 0..<100 { writer.write("line \(number)\n") }
        #expect(writer.flush(within: .seconds(60)))
        #expect(losses.count == 100)
    }

    @Test(arguments: LogFormat.allCases)
    func theNoticeOfDroppedLinesIsALogLine(format: LogFormat) throws {
        let line = format.notice(of: 17)
        #expect(line.hasSuffix("\n") && line.split(separator: "\n").count == 1)
        switch format {
        case .text: #expect(line.contains(" warning asr2clip: lines=17 "))
        case .json:
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["lines"] as? Int == 17 && object?["level"] as? String == "warning")
        }
    }
}
