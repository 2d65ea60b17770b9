import Foundation
import TestSupport
import Testing

/// Clients that wait for `100 Continue`, that keep their connection, and that disconnect.
@Suite(.serialized, .server(TestRegistry([.whisper])))
struct ConnectionTests {
    private func curl(_ arguments: [String]) async throws -> (output: String, talk: String) {
        let result = try await runToEnd("/usr/bin/curl", arguments)
        #expect(result.status == .exited(0))
        return (result.output, result.error)
    }

    @Test func expectContinueIsAnswered() async throws {
        let folder = try TemporaryFolder()
        let phrases = try Phrases(10)
        let path = try folder.write(phrases.file.bytes, to: phrases.file.name)
        let (output, talk) = try await curl(
            [
                "--silent", "--verbose", "--expect100-timeout", "60", "-F", "file=@\(path)", "-F", "model=whisper",
                try ServerProcess.shared().url + APIClient.transcriptions,
            ])
        #expect(talk.contains("> Expect: 100-continue"))
        #expect(talk.contains("< HTTP/1.1 100 Continue"))
        #expect(output == #"{"text": "\#(phrases.text)"}"# + "\n")
    }

    @Test func aConnectionServesMoreThanOneRequest() async throws {
        let url = try ServerProcess.shared().url + APIClient.transcriptions
        let requests = ["whisper", "nobody", "whisper"].map { model in
            [
                "--silent", "--verbose", "-F", "file=@\(Fixtures.audio("en_word_16k.wav"))",
                "-F", "response_format=text", "-F", "model=\(model)", url,
            ]
        }
        let (output, talk) = try await curl(Array(requests.joined(separator: ["--next"])))
        #expect(output.hasPrefix("stop"))
        #expect(output.hasSuffix("stop\n"))
        #expect(talk.matches(of: /Connected to/).count == 1)
        #expect(talk.matches(of: /Re-using existing connection/).count == 2)
    }

    @Test func uploadsAreReadableByTheUserOnly() async throws {
        let server = try ServerProcess.shared()
        try await APIClient(server).waitUntilHealthy()
        let run = try #require(server.folder.runs.first)
        for folder in [run, "\(run)/uploads"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder)
            #expect(attributes[.posixPermissions] as? Int == 0o700, "\(folder)")
        }
    }

    #if os(Linux)
        /// Jobs have connections of their own, which are closed when the jobs end.
        @Test func endedJobsLeaveNoOpenFiles() async throws {
            let server = try ServerProcess.shared()
            let client = APIClient(server)
            try await client.waitUntilHealthy()
            let engine = try #require(server.engines.first)
            func sockets() throws -> Int {
                let folder = "/proc/\(engine)/fd"
                return try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))?
                        .hasPrefix("socket:") == true
                }.count
            }
            _ = try await client.transcribe(try Phrases(1).file, ["model": "whisper"])
            let before = try sockets()
            for _ in 0..<5 { _ = try await client.transcribe(try Phrases(1).file, ["model": "whisper"]) }
            try await eventually("no connection is left") { try sockets() <= before }
        }
    #endif

    /// How a client may disconnect during a request.
    enum HangUp: CaseIterable {
        case inMidStream, beforeTheAnswer
    }

    @Test(arguments: HangUp.allCases)
    func workStopsWhenTheClientDisconnects(hangUp: HangUp) async throws {
        let server = try ServerProcess.shared()
        let client = APIClient(server)
        try await client.waitUntilHealthy()
        let engine = try #require(server.engines.first)
        func work() throws -> Int { try #require(ProcessTable.work(of: engine)) }

        let before = try work()
        _ = try await client.transcribe(try Phrases(15).file, ["model": "whisper"])
        let costOfFifteen = try work() - before

        func abandoned() async throws -> Int {
            try await client.engines().reduce(0) { $0 + $1.abandoned }
        }
        let left = try await abandoned()
        let long = try Phrases(150).file
        switch hangUp {
        case .inMidStream:
            let first = try await client.stream(long, ["model": "whisper", "stream": "true"]) { events in
                let upload = try #require(server.folder.uploads.first)
                let attributes = try FileManager.default.attributesOfItem(atPath: upload)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                return try await events.next()
            }
            #expect(first.map { [$0].deltas.hasPrefix("one two three seven eight") } == true)
        case .beforeTheAnswer:
            let request = Task { try await client.transcribe(long, ["model": "whisper"]) }
            _ = try await server.busyEngine(of: "whisper")
            request.cancel()
        }
        try await eventually("the upload is gone") { server.folder.uploads.isEmpty }
        try await eventually("the engine is idle") {
            let now = try work()
            try await Task.sleep(for: .seconds(1))
            return try work() == now
        }
        try await eventually("it is counted") { try await abandoned() == left + 1 }
        try await eventually("it is in the log") {
            server.process.standardError.contains("The client hung up before its answer.")
        }
        // It did less than half of ten times the work.
        #expect(try work() - before < 6 * costOfFifteen)
        #expect(server.engines == [engine])
        #expect(try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body == #"{"text": "stop"}"#)
    }

    /// The server writes an upload to disk as it arrives; a quarter of this one in memory would be detected.
    @Test func aLargeUploadIsNotHeldInMemory() async throws {
        let server = try ServerProcess.shared()
        let client = APIClient(server)
        try await client.waitUntilHealthy()
        let before = try #require(ProcessTable.peakMemory(of: server.process.pid))
        let size = 128 << 20
        let answer = try await client.transcribe(
            MultipartBody.Upload(name: "zeros.wav", bytes: Data(count: size)), ["model": "whisper"])
        try expectError(answer, 400, "audio_undecodable", parameter: "file")
        let after = try #require(ProcessTable.peakMemory(of: server.process.pid))
        #expect(after - before < size / 4)
    }

    @Test func manyConcurrentRequestsAllSucceed() async throws {
        let client = try APIClient.shared()
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<40 {
                group.addTask { try await client.transcribe("en_word_16k.wav", ["model": "whisper"]).body }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(texts == [#"{"text": "stop"}"#])
    }
}
