import Foundation
import TestSupport
import Testing

/// Live sessions whose model is on another server: see Tests/Client/test_realtime_upstream.py and test_realtime_hostile.py.
@Suite(.serialized)
struct RelayedSessionTests {
    @Test(arguments: ["not test_z", "test_z"])
    func sessionsPassThroughAnotherServer(part: String) async throws {
        try await withServer(.init(TestRegistry([.transducer]), ["--api-key", "far-key"])) { far in
            let entry = [
                "url": far.url + "/v1", "model": "transducer", "api_key_env": "FAR_KEY", "fallback": "near",
            ]
            try await withForwarder(
                to: entry, beside: [.transducer.named("near")], environment: ["FAR_KEY": "far-key"],
                aliases: ["other": "far"]
            ) { client, server in
                try await client.waitUntilHealthy()
                try await eventually("the far server is up") { try await client.get("/health/ready").status == 200 }
                try await runClientTests(
                    "test_realtime_upstream.py", against: server,
                    environment: ["ASR2CLIP_FAR_PID": "\(far.process.pid)", "PYTEST_ADDOPTS": "-k '\(part)'"])
                #expect(!server.process.standardError.contains("far-key"))
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// The status of the refusal, or the code of the close.
        let code: Int
        var passed = ""
        let session: RealtimeServer.Session

        var testDescription: String { name }
    }

    private static let key = "sk-very-secret-0123456789"
    private static let created = #"{"type": "session.created", "event_id": "e", "session": {"id": "theirs"}}"#

    /// Answers the configuration, and waits for audio.
    private static func begin(_ peer: inout RealtimePeer) async throws {
        try await peer.accept()
        try await peer.say(created)
        _ = try await peer.next("session.update")
        try await peer.say(#"{"type": "session.updated", "event_id": "e", "session": {"id": "theirs"}}"#)
        let append = try #require(try await peer.next())
        #expect(append.message == #"{"type": "input_audio_buffer.append", "audio": "AAAA"}"#)
    }

    private static let cases = [
        Case(name: "redirects", code: 503) { peer in
            try await peer.send(
                "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
        },
        Case(name: "refuses the key", code: 503) { try await $0.answer(401, #"{"error": "\#(key)"}"#) },
        Case(name: "is full", code: 429) { try await $0.answer(429) },
        Case(name: "hangs up", code: 503) { _ in },
        Case(name: "closes as agreed", code: 1001) { peer in
            try await begin(&peer)
            try await peer.close(1000)
        },
        Case(name: "closes with an error", code: 1011) { peer in
            try await begin(&peer)
            try await peer.close(1011)
        },
        Case(name: "sends events of other APIs", code: 1001, passed: "input_audio_buffer.cleared") { peer in
            try await begin(&peer)
            try await peer.say(#"{"type": "response.done", "event_id": "e", "response": {}}"#)
            try await peer.say(created)
            try await peer.say(#"{"type": "evil", "event_id": "e"}"#)
            try await peer.say(#"{"type": "input_audio_buffer.cleared", "event_id": "e"}"#)
            try await peer.close(1000)
        },
        Case(name: "sends its key back", code: 1011) { peer in
            try await begin(&peer)
            try await peer.say(#"{"type": "input_audio_buffer.cleared", "event_id": "\#(key)"}"#)
            _ = try await peer.next("never")
        },
        Case(name: "sends what is no event", code: 1011) { peer in
            try await begin(&peer)
            try await peer.say("[1, 2]")
            _ = try await peer.next("never")
        },
        Case(name: "sends binary messages", code: 1011) { peer in
            try await begin(&peer)
            try await peer.frame([1], opcode: 2)
            _ = try await peer.next("never")
        },
        Case(name: "masks its frames", code: 1011) { peer in
            try await begin(&peer)
            try await peer.frame(Array(created.utf8), masked: true)
            _ = try await peer.next("never")
        },
        Case(name: "sends a message without end", code: 1011) { peer in
            try await begin(&peer)
            try await peer.send([0x01, 127, 0, 0, 1, 0, 0, 0, 0, 0])
            while true { try await peer.send(Array(repeating: UInt8(ascii: "x"), count: 1 << 16)) }
        },
        Case(name: "sends events without end", code: 1011) { peer in
            try await begin(&peer)
            while true {
                try await peer.say(#"{"type": "unknown", "text": "\#(String(repeating: "x", count: 10_000))"}"#)
            }
        },
    ]

    @Test(arguments: cases)
    func aServerThat(case: Case) async throws {
        try await withRealtimeServer([`case`.session]) { upstream in
            let entry = ["url": upstream.url, "model": "m", "api_key_env": "FAR_KEY"]
            try await withForwarder(to: entry, ["--log-level", "trace"], environment: ["FAR_KEY": Self.key]) {
                _, server in
                try await runClientTests(
                    "test_realtime_hostile.py", against: server,
                    environment: [
                        "ASR2CLIP_CODE": "\(`case`.code)", "ASR2CLIP_PASSED": `case`.passed,
                        "ASR2CLIP_SECRET": Self.key,
                    ])
                #expect(!server.process.standardError.contains(Self.key))
                #expect(!server.process.standardError.contains("client-secret"))
                let head = try #require(upstream.requests.first)
                #expect(head.contains("Authorization: Bearer \(Self.key)"))
                #expect(head.contains("x-asr2clip-hop: "))
                #expect(head.contains("intent=transcription&model=m"))
                #expect(!head.contains("client-secret"))
            }
        }
    }
}
