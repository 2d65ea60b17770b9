import Foundation
import TestSupport
import Testing

/// Runs of `asr2clip transcribe -r` that are killed, stopped, doubled, or lose their server.
@Suite(.serialized, .server(TestRegistry([.senseVoice])))
struct ArchiveResumeTests {
    private let archive: ArchiveFolder
    private let url: String

    init() throws {
        archive = try ArchiveFolder()
        url = try ServerProcess.shared().url
    }

    private static let total = 40

    /// Recordings of two kinds, so that a wrong result would be noticed, in three folders.
    private func makeRecordings() throws {
        for number in 0..<Self.total {
            try archive.add(
                number.isMultiple(of: 2) ? "en_word_16k.wav" : "en_digits_16k.wav",
                as: "\(number % 3)/\(number).wav")
        }
    }

    private func expectAllResults(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for number in 0..<Self.total {
            let text = try archive.text("\(number % 3)/\(number).wav.txt")
            #expect(
                text == (number.isMultiple(of: 2) ? "stop\n" : "one two three four\n"), "\(number)",
                sourceLocation: sourceLocation)
        }
        // Nothing else is left behind.
        #expect(try archive.names().count == Self.total * 2 + 3, sourceLocation: sourceLocation)
    }

    @Test(arguments: [1, 7, 23])
    func aRunThatIsKilledIsTakenUpAgain(moment: Int) async throws {
        try makeRecordings()
        let jobs = 3
        try await archive.running(url, ["--jobs", "\(jobs)"]) { run in
            try await eventually("some are done") { run.standardError.count(of: " → ") >= moment }
            run.signal(SIGKILL)
            _ = try await run.exit()
        }
        let times = try archive.resultTimes()
        for name in times.keys {
            #expect(try ["stop\n", "one two three four\n"].contains(archive.text(name)), "\(name)")
        }
        let second = try await archive.run(url)
        #expect(second.status == 0, "\(second.error)")
        let counts = second.counts
        try #require(counts.count == 3)
        #expect(counts[0] + counts[1] == Self.total && counts[1] == times.count && counts[1] >= moment)
        try expectAllResults()
        // What was done is not done again.
        let later = try archive.resultTimes()
        #expect(times.allSatisfy { later[$0.key] == $0.value })
    }

    @Test func killedAgainAndAgainItGetsThere() async throws {
        try makeRecordings()
        for round in 1...6 {
            try await archive.running(url, ["--jobs", "4"]) { run in
                try await eventually("one is done, or all") {
                    run.standardError.contains(" → ") || run.standardError.contains(" skipped, ")
                }
                run.signal(SIGKILL)
                _ = try await run.exit()
            }
            #expect(try archive.resultTimes().count >= min(round, Self.total))
        }
        #expect(try await archive.run(url).status == 0)
        try expectAllResults()
    }

    @Test func theFirstControlCFinishesWhatIsInHand() async throws {
        try makeRecordings()
        let answer = [ScriptedServer.Step].answer(200, #"{"text": "slow"}"#, type: "application/json")
        let done = try await withScriptedServer([.pause(.seconds(1))] + answer) { server in
            try await archive.running(server.url, ["--model", "m", "--jobs", "2"]) { run in
                try await eventually("two requests are there") { server.uploads >= 2 }
                run.signal(SIGINT)
                #expect(try await run.exit() == .exited(130))
                #expect(run.standardError.contains("Finishing the recordings in hand."))
                #expect(run.standardError.contains("Run the same command again"))
            }
            return server.uploads
        }
        // Each request that was sent has its result, and no further one was sent.
        #expect(try archive.resultTimes().count == done && done < Self.total)
        let rest = try await archive.run(url, ["--model", "sense_voice"])
        #expect(rest.status == 0 && rest.counts == [Self.total, 0, 0], "another model: \(rest.error)")
    }

    @Test func theSecondControlCEndsAtOnce() async throws {
        try makeRecordings()
        try await withScriptedServer(.silence) { server in
            try await archive.running(server.url, ["--model", "m"]) { run in
                try await eventually("a request is there") { server.uploads > 0 }
                run.signal(SIGINT)
                try await eventually("it says so") { run.standardError.contains("Ctrl-C again ends at once") }
                run.signal(SIGTERM)
                #expect(try await run.exit() == .exited(130))
                #expect(run.standardError.contains("Cancelled."))
            }
        }
        #expect(try archive.names().count == Self.total + 3)
    }

    @Test func aSecondRunLeavesTheFoldersOfTheFirstAlone() async throws {
        for name in ["a/x.wav", "a/y.wav", "b/z.wav"] { try archive.add("en_word_16k.wav", as: name) }
        try await withScriptedServer(.silence) { server in
            try await archive.running(server.url, ["--model", "m", "--jobs", "2"]) { first in
                try await eventually("the first has folder a in hand") { server.uploads == 2 }
                let second = try await archive.run(url)
                #expect(second.status == 5 && second.counts == [1, 0, 2], "\(second.error)")
                #expect(second.error.contains("/a: Another asr2clip is at work in this folder"), "\(second.error)")
                first.signal(SIGKILL)
                _ = try await first.exit()
            }
        }
        #expect(try await archive.run(url).counts == [2, 1, 0])
    }

    @Test func twoRunsAtOnceDoNotDoTheSameWork() async throws {
        try makeRecordings()
        async let first = archive.run(url, ["--jobs", "2"])
        async let second = archive.run(url, ["--jobs", "2"])
        let counts = try await [first.counts, second.counts]
        try #require(counts.allSatisfy { $0.count == 3 })
        // Each recording was done by at most one of them; what both left to each other is done now.
        let done = counts[0][0] + counts[1][0]
        #expect(try archive.resultTimes().count == done && done <= Self.total)
        let last = try await archive.run(url)
        #expect(last.counts == [Self.total - done, done, 0])
        try expectAllResults()
    }

    @Test func aServerThatIsStartedAgainIsWaitedFor() async throws {
        try makeRecordings()
        let setup = ServerProcess.Setup(TestRegistry([.senseVoice]))
        let folder = try ServerFolder()
        try await withServer(setup, in: folder) { server in
            try await archive.running(server.url, ["--jobs", "2"]) { run in
                try await eventually("some are done") { run.standardError.count(of: " → ") >= 3 }
                server.process.signal(SIGKILL)
                _ = try await server.process.exit()
                let registry = try folder.write(TestRegistry([.senseVoice]))
                try await eventually("the run waits") { run.standardError.contains("Waiting for it") }
                try await withProcess(
                    ServerProcess.path(of: "asr2clip-serve"), ["--port", "\(server.port)", "--config", registry],
                    environment: folder.environment
                ) { _ in
                    let status = try await run.exit()
                    #expect(status == .exited(0), "\(run.standardError)")
                }
                #expect(run.standardError.contains("The server answers again."))
            }
        }
        try expectAllResults()
    }
}

extension ScriptedServer {
    /// The number of recordings that it has received.
    fileprivate var uploads: Int { requests.count { $0.line.hasPrefix("POST ") } }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
