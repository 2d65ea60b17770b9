import Foundation
import TestSupport
import Testing

@testable import ModelStore

/// External numbers close to the maximum of their type: each is rejected with a reason, and none causes a crash.
struct HugeNumberTests {
    private static let tooMuch = "it unpacks to more than"

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var path = "/v.tar"
        let answer: FileServer.Answer
        var more = ""
        let part: String
    }

    static let rows = [
        Row(
            testDescription: "tar, 2^63-2", answer: .bytes(LyingArchive.tar(claiming: 1 << 63 - 2)), part: tooMuch),
        Row(
            testDescription: "tar, 2^63-1", answer: .bytes(LyingArchive.tar(claiming: 1 << 63 - 1)),
            part: "Tar entry size overflow"),
        Row(testDescription: "tar, 2^63", answer: .bytes(LyingArchive.tar(claiming: 1 << 63)), part: ""),
        Row(testDescription: "tar, 2^64-1", answer: .bytes(LyingArchive.tar(claiming: .max)), part: ""),
        Row(
            testDescription: "zip, 2^63-1", path: "/v.zip",
            answer: .bytes(LyingArchive.zip(claiming: 1 << 63 - 1)), part: tooMuch),
        Row(
            testDescription: "zip, 2^64-1", path: "/v.zip", answer: .bytes(LyingArchive.zip(claiming: .max)), part: ""),
        Row(
            testDescription: "sparse tar of 2^63-1 bytes",
            answer: .bytes(LyingArchive.sparseTar(realSize: 1 << 63 - 1, offset: 0, count: 4)), part: tooMuch),
        Row(
            testDescription: "sparse tar whose data is at 2^63-4",
            answer: .bytes(LyingArchive.sparseTar(realSize: 4, offset: 1 << 63 - 4, count: 4)), part: ""),
        Row(
            testDescription: "sparse tar whose data is at 2^62",
            answer: .bytes(LyingArchive.sparseTar(realSize: 1 << 62, offset: 1 << 62, count: 4)), part: tooMuch),
        Row(
            testDescription: "redirect to port 65536", answer: .redirect("http://127.0.0.1:65536/v.tar"),
            part: "leads to no http or https address, or to a port above 65535"),
        Row(
            testDescription: "redirect to port 2^64", answer: .redirect("http://127.0.0.1:18446744073709551616/v.tar"),
            part: "or to a port above 65535"),
        Row(
            testDescription: "redirect to port 0", answer: .redirect("//127.0.0.1:0/v.tar"),
            part: "leads to no http or https address"),
        Row(
            testDescription: "size 2^61", answer: .unmeasured([1]), more: ", size: 2305843009213693952",
            part: "needs about 9223372 TB on the disk"),
        Row(
            testDescription: "size 2^63-1", answer: .unmeasured([1]), more: ", size: 9223372036854775807",
            part: "needs about 9223372 TB on the disk"),
    ]

    @Test(arguments: rows)
    func aDownloadWithHugeNumbersIsRefused(row: Row) async throws {
        try await withFileServer([row.path: row.answer]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url(row.path))\(row.more)")
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.code == .failed)
                #expect(row.part.isEmpty || error?.message.contains(row.part) == true, "\(error?.message ?? "")")
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"], "the next one can be fetched")
            }
        }
    }

    @Test(arguments: [
        ("1152921504606846976", "needs about 4611686 TB"), ("2305843009213693952", "needs about 9223372 TB"),
        ("9223372036854775807", "needs about 9223372 TB"), ("18446744073709551615", "The connection to"),
        ("99999999999999999999", "Cannot reach"), ("-1", "Cannot reach"),
    ])
    func aHugeContentLengthIsRefused(length: String, part: String) async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nx"
        try await withScriptedServer([.send(answer), .hangUp]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: 'http://127.0.0.1:\(server.port)/v.tar'",
                    settings: .quick { $0.fruitlessTries = 1 })
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.code == .failed)
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
            }
        }
    }

    /// The saved state of an earlier download is not trusted either.
    @Test(arguments: [Int64.max, .min, -1])
    func aHugeTotalInARecordIsRefused(total: Int64) async throws {
        let bytes = try TestArchive.make(voiceArchive)
        try await withFileServer(["/v.tgz": .ranged(bytes, tag: "\"1\"")]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(download: "url: \(server.url("/v.tgz"))")
                if let staging = try StagingFolder.claim(for: entry.directory), let download = entry.download {
                    try staging.partial.begin(download, validator: "\"1\"", total: total)
                    try Data(bytes.prefix(10)).write(to: URL(filePath: staging.partial.file))
                }
                _ = try await store.prepare(entry, waitingUpTo: .seconds(300))
                try #expect(folder.contents == voiceFiles)
            }
        }
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "99999999999999999999"])
    func aHugeRetryAfterIsNotHonoured(seconds: String) async throws {
        let answer = "HTTP/1.1 503 No\r\nRetry-After: \(seconds)\r\nContent-Length: 0\r\n\r\n"
        try await withScriptedServer([.send(answer), .hangUp]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: 'http://127.0.0.1:\(server.port)/v.tar'",
                    settings: .quick {
                        $0.fruitlessTries = 2
                        $0.longestRetryAfter = .milliseconds(1)
                    })
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.message.contains("answered 503") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test(arguments: [
        "url: 'http://127.0.0.1:65536/v.tar'", "url: 'http://ada:secret@[::1]:99999999999999999999/v.tar'",
        "url: 'http://127.0.0.1:0/v.tar'",
    ])
    func anAddressWithAnInvalidPortIsAMistake(download: String) throws {
        let message = try message(of: "download: {\(download)}")
        #expect(message.contains("has a port above 65535"))
        #expect(!message.contains("secret"))
    }

    @Test(arguments: [
        ("size: 9223372036854775808", "'size' must be a whole number above 0"),
        ("size: 153722867280912930:7:8", "'size' must be a whole number above 0"),
        ("size: -9223372036854775808", "'size' must be a whole number above 0"),
        ("size: 0x8000000000000000", "'size' must be a whole number above 0"),
    ])
    func anInvalidSizeIsAMistake(size: String, part: String) throws {
        #expect(try message(of: "download: {url: 'http://h/v', \(size)}").contains(part))
    }

    private func message(of line: String) throws -> String {
        let yaml = """
            models:
              voice:
                type: sense_voice
                dir: voice
                files: {model: m, tokens: t}
                \(line)
            """
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")
        let registry = try ModelRegistry.parse(yaml, file: "models.yaml", paths: paths)
        return try #require(registry.problems.first).message
    }

    @Test(arguments: ["num_threads", "max_loaded_models", "max_queue"])
    func hugeSexagesimalNumbersDoNotCrash(key: String) throws {
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")
        for value in ["9223372036854775807:59", "-9223372036854775807:59:59", "1:30", "153722867280912931:0"] {
            let registry = try ModelRegistry.parse("\(key): \(value)", file: "models.yaml", paths: paths)
            #expect(registry.problems.first?.message.contains("must be a whole number") == true)
        }
    }

    @Test(arguments: ["keep_alive: 99999999999d", "keep_alive: 999999999h", "keep_alive: 1e300"])
    func anExcessiveTimeIsAMistake(line: String) throws {
        let paths = ModelPaths(environment: ["HOME": "/home/ada"], currentFolder: "/")
        let registry = try ModelRegistry.parse(line, file: "models.yaml", paths: paths)
        #expect(registry.problems.first?.message.contains("'keep_alive' must be a time") == true)
    }

    @Test func aProxyWithAnInvalidPortIsAMistake() throws {
        let settings = ProxySettings(environment: ["http_proxy": "http://127.0.0.1:99999"])
        let url = try #require(URL(string: "http://example.org/"))
        #expect(throws: ProxyError(variable: "http_proxy")) { try settings.proxy(for: url) }
    }

    /// The limit of a huge archive is not a small one.
    @Test func theLimitForAHugeArchiveDoesNotOverflow() {
        let limits = UnpackingLimits(archive: .max / 2, free: nil, .quick)
        #expect(throws: Never.self) { try limits.check(bytes: .max, entries: 1) }
    }
}
