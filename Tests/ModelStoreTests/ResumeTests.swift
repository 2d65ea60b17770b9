import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// Downloads that are interrupted and resumed.
struct ResumeTests {
    private static let archive = Result { try TestArchive.make(voiceArchive) }

    /// Downloads `voice` from a server, and checks that it is complete.
    private func expectModel(
        from answer: FileServer.Answer, more: String = "", settings: FetchSettings = .quick,
        sourceLocation: SourceLocation = #_sourceLocation, _ check: (FileServer, Reports) throws -> Void = { _, _ in }
    ) async throws {
        try await withFileServer(["/v.tgz": answer]) { server in
            try await withTemporaryFolder { folder in
                let reports = Reports()
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))\(more)", settings: settings, onProgress: reports.add)
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                try #expect(folder.contents == voiceFiles, sourceLocation: sourceLocation)
                #expect(folder.text("asr2clip/models/voice/m.onnx") == "the model", sourceLocation: sourceLocation)
                try check(server, reports)
            }
        }
    }

    /// The error of a download that must fail, and the files that it left.
    private func failure(
        from answer: FileServer.Answer, more: String = "", settings: FetchSettings = .quick,
        _ check: (FileServer, TemporaryFolder) throws -> Void = { _, _ in }
    ) async throws -> String {
        try await withFileServer(["/v.tgz": answer]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))\(more)", settings: settings)
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(folder.text("asr2clip/models/voice/m.onnx") == nil)
                try check(server, folder)
                return error?.message ?? ""
            }
        }
    }

    @Test(arguments: [0, 1, 2, 50, 100, -2, -1])
    func aDownloadCutAnywhereIsResumedThere(place: Int) async throws {
        let bytes = try Self.archive.get()
        let cut = place < 0 ? bytes.count + place : place
        let answers = [FileServer.Answer.ranged(bytes, tag: "\"1\"", cutAfter: cut), .ranged(bytes, tag: "\"1\"")]
        try await expectModel(from: .inTurn(answers), more: ", sha256: \(sha256(bytes))") { server, reports in
            #expect(server.sent == bytes.count)
            #expect(server.asks.map(\.range) == [nil, cut == 0 ? nil : "bytes=\(cut)-"])
            #expect(server.asks.last?.ifRange == (cut == 0 ? nil : "\"1\""))
            #expect(reports.phases.contains { if case .interrupted = $0 { true } else { false } })
        }
    }

    @Test func repeatedConnectionLossesStillBringTheModel() async throws {
        let bytes = try Self.archive.get()
        try await expectModel(from: .ranged(bytes, tag: "\"1\"", cutAfter: 10)) { server, _ in
            #expect(server.sent == bytes.count)
            #expect(server.asks.count == (bytes.count + 9) / 10)
        }
    }

    @Test func aChangedFileIsDownloadedAnew() async throws {
        let bytes = try Self.archive.get()
        let old = [UInt8](repeating: 7, count: bytes.count)
        let answers = [FileServer.Answer.ranged(old, tag: "\"1\"", cutAfter: 100), .ranged(bytes, tag: "\"2\"")]
        try await expectModel(from: .inTurn(answers)) { server, _ in
            #expect(server.asks.map(\.range) == [nil, "bytes=100-"])
            #expect(server.sent == 100 + bytes.count)
        }
    }

    /// Only the hash can detect the fault here: the first resumed attempt gets the wrong half.
    @Test func withoutAValidatorTheHashDecidesAboutResuming() async throws {
        let bytes = try Self.archive.get()
        let old = [UInt8](repeating: 7, count: bytes.count)
        let answers = [FileServer.Answer.ranged(old, tag: nil, cutAfter: 100), .ranged(bytes, tag: nil)]
        try await expectModel(from: .inTurn(answers), more: ", sha256: \(sha256(bytes))") { server, _ in
            #expect(server.asks.map(\.range) == [nil, "bytes=100-", nil])
        }
        try await expectModel(from: .inTurn(answers)) { server, _ in
            #expect(server.asks.map(\.range) == [nil, nil])
        }
    }

    @Test func aRangeThatStartsElsewhereIsRejected() async throws {
        let bytes = try Self.archive.get()
        let answers = [
            FileServer.Answer.ranged(bytes, tag: "\"1\"", cutAfter: 100), .wrongPart(bytes),
            .ranged(bytes, tag: "\"1\""),
        ]
        try await expectModel(from: .inTurn(answers)) { server, _ in
            #expect(server.asks.map(\.range) == [nil, "bytes=100-", nil])
        }
    }

    @Test func withoutRangeSupportTheDownloadStartsOver() async throws {
        let bytes = try Self.archive.get()
        let answers = [FileServer.Answer.ranged(bytes, tag: "\"1\"", cutAfter: 100), .bytes(bytes)]
        try await expectModel(from: .inTurn(answers)) { server, _ in
            #expect(server.asks.map(\.range) == [nil, "bytes=100-"])
        }
    }

    @Test func lossesAtTheSameByteAreGivenUp() async throws {
        let bytes = try Self.archive.get()
        let message = try await failure(from: .cut(Array(bytes.prefix(100)), promised: bytes.count)) { server, folder in
            #expect(server.asks.count == 1 + FetchSettings().fruitlessTries)
            try #expect(folder.contents == ["asr2clip", "asr2clip/models"], "it could not be gone on with")
        }
        #expect(message.contains("broke"))
    }

    @Test func aWrongContentLengthIsAnError() async throws {
        let bytes = try Self.archive.get()
        let longer = FileServer.Answer.ranged(bytes + [0], tag: "\"1\"", cutAfter: bytes.count)
        let truth = FileServer.Answer.ranged(bytes, tag: "\"1\"")
        let answers = [longer, truth, longer, truth, longer, truth]
        let message = try await failure(from: .inTurn(answers), settings: .quick { $0.restarts = 2 })
        #expect(message.contains("changes while it is downloaded"), "\(message)")
    }

    @Test(arguments: [408, 429, 500, 503])
    func aBusyServerIsRetried(status: Int) async throws {
        let bytes = try Self.archive.get()
        try await expectModel(from: .inTurn([.status(status), .retry(status, after: 0), .bytes(bytes)])) { server, _ in
            #expect(server.asks.count == 3)
        }
        let message = try await failure(from: .status(status)) { server, _ in
            #expect(server.asks.count == FetchSettings().fruitlessTries)
        }
        #expect(message.contains("answered \(status)"))
    }

    @Test func aStalledTransferIsResumed() async throws {
        let bytes = try Self.archive.get()
        let gate = Gate()
        defer { gate.open() }
        let answers = [
            FileServer.Answer.stalled(gate, Array(bytes.prefix(100)), promised: bytes.count),
            .ranged(bytes, tag: "\"1\""),
        ]
        try await expectModel(
            from: .inTurn(answers), settings: .quick { $0.idleTimeout = .seconds(5) }
        ) { server, _ in
            #expect(server.asks.map(\.range) == [nil, "bytes=100-"])
        }
    }

    @Test func aLaterRunResumesAnEarlierDownload() async throws {
        let bytes = try Self.archive.get()
        let tag = "\"1\""
        let answers = [
            FileServer.Answer.ranged(bytes, tag: tag, cutAfter: 100), .status(503), .ranged(bytes, tag: tag),
        ]
        try await withFileServer(["/v.tgz": .inTurn(answers), "/w.tgz": .ranged(bytes, tag: tag)]) { server in
            try await withTemporaryFolder { folder in
                let url = "url: \(server.url("/v.tgz"))"
                let (first, entry) = try folder.store(download: url, settings: .quick { $0.fruitlessTries = 1 })
                await #expect(throws: ModelError.self) { try await first.prepare(entry, waitingUpTo: .seconds(300)) }
                let staging = "asr2clip/models/.incoming-voice"
                try #expect(
                    folder.contents == [
                        "asr2clip", "asr2clip/models", staging, "\(staging)/download", "\(staging)/download.json",
                        "\(staging)/lock",
                    ])
                #expect(folder.text("\(staging)/download.json")?.contains("127.0.0.1") == false)
                #expect(await first.status(of: entry) == .missing(files: ["m.onnx", "tokens.txt"]))

                let (second, again) = try folder.store(download: url)
                _ = try await second.prepare(again, waitingUpTo: .seconds(300))
                #expect(server.asks.last?.range == "bytes=100-")
                #expect(server.sent == bytes.count)
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test func aPartialDownloadFromAnotherURLIsNotResumed() async throws {
        let bytes = try Self.archive.get()
        let answers = [
            "/v.tgz": FileServer.Answer.inTurn([.ranged(bytes, tag: "\"1\"", cutAfter: 100), .status(503)]),
            "/w.tgz": .ranged(bytes, tag: "\"1\""),
        ]
        try await withFileServer(answers) { server in
            try await withTemporaryFolder { folder in
                let (first, entry) = try folder.store(
                    download: "url: \(server.url("/v.tgz"))", settings: .quick { $0.fruitlessTries = 1 })
                await #expect(throws: ModelError.self) { try await first.prepare(entry, waitingUpTo: .seconds(300)) }
                let (second, other) = try folder.store(download: "url: \(server.url("/w.tgz"))")
                _ = try await second.prepare(other, waitingUpTo: .seconds(300))
                #expect(server.asks.last?.range == nil)
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test func aCompleteDownloadIsNotRequestedAgain() async throws {
        let bytes = try Self.archive.get()
        try await withFileServer([:]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                let partial = StagingFolder.partial(for: entry.directory)
                try folder.write("", to: "asr2clip/models/.incoming-voice/lock")
                try folder.write("junk", to: "asr2clip/models/.incoming-voice/unpacked/junk")
                try partial.begin(try #require(entry.download), validator: "\"1\"", total: Int64(bytes.count))
                try Data(bytes).write(to: URL(filePath: partial.file))
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                #expect(server.asks.isEmpty)
                try #expect(folder.contents == voiceFiles)
            }
        }
    }
}
