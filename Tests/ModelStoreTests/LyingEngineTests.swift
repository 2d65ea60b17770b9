import EngineHost
import EngineLink
import Foundation
import Logging
import NIOCore
import TestSupport
import Testing

@testable import ModelStore

/// Whatever a compromised engine sends, the download fails with a reason, and nothing is kept.
struct LyingEngineTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let part: String
        let script: @Sendable (LinkSocket) throws -> EngineEnd?

        init(_ name: String, _ part: String, _ script: @escaping @Sendable (LinkSocket) throws -> Void) {
            testDescription = name
            self.part = part
            self.script = { socket in
                try script(socket)
                return nil
            }
        }

        init(_ name: String, _ part: String, saying replies: [UnpackReply]) {
            self.init(name, part) { socket in
                for reply in replies { try socket.send(Frame(message: reply)) }
            }
        }

        init(_ name: String, _ part: String, entry: ArchiveEntry = .voice, blocks: [(Int64, Int)]) {
            self.init(name, part) { socket in
                try socket.send(Frame(message: UnpackReply.entry(entry)))
                for (offset, count) in blocks { try socket.send(.block(offset, count)) }
            }
        }
    }

    static let rows = [
        Row("bytes of no entry", "sent bytes of no file") { try $0.send(.block(0, 1)) },
        Row("bytes before zero", "sent bytes out of order", blocks: [(-1, 2)]),
        Row("the same bytes again and again", "sent bytes out of order", blocks: [(0, 2), (1, 2)]),
        Row("pieces of nothing", "sent bytes out of order", blocks: [(0, 0)]),
        Row("bytes at the end of numbers", "it unpacks to more than", blocks: [(.max, 4)]),
        Row("bytes near the end of numbers", "it unpacks to more than", blocks: [(.max - 4, 4)]),
        Row(
            "more than was promised", "it has more bytes than it says",
            entry: ArchiveEntry(path: "m", kind: .file, size: 3), blocks: [(0, 4)]),
        Row(
            "more than less than nothing", "it has more bytes than it says",
            entry: ArchiveEntry(path: "m", kind: .file, size: .min), blocks: [(0, 4)]),
        Row(
            "bytes without end for a folder", "it unpacks to more than",
            entry: ArchiveEntry(path: "m", kind: .folder), blocks: [(0, 1), (1 << 40, 1)]),
        Row(
            "a huge size", "it unpacks to more than", saying: [.entry(ArchiveEntry(path: "m", kind: .file, size: .max))]
        ),
        Row("bytes without end", "it unpacks to more than") { socket in
            try socket.send(Frame(message: UnpackReply.entry(.voice)))
            for number in Int64(0)... { try socket.send(.block(number << 16, 1 << 16)) }
        },
        Row("entries without end", "it has more than 100000 entries") { socket in
            let frame = try Frame(message: UnpackReply.entry(ArchiveEntry(path: "d", kind: .folder)))
            while true { try socket.send(frame) }
        },
        Row(
            "a zero byte in a name", "outside the model's folder",
            saying: [.entry(ArchiveEntry(path: "a\0b", kind: .file))]),
        Row(
            "a zero byte in a link", "it links to outside",
            saying: [.entry(ArchiveEntry(path: "a", kind: .symbolicLink(to: "b/..\0")))]),
        Row(
            "a zero byte in a hard link", "it links to outside",
            saying: [.entry(ArchiveEntry(path: "a", kind: .hardLink(to: "b\0c")))]),
        Row(
            "a hard link to the folder itself", "it links to outside",
            saying: [.entry(ArchiveEntry(path: "a", kind: .hardLink(to: ".")))]),
        Row(
            "a huge name", "its path has more than 1024 bytes",
            saying: [.entry(ArchiveEntry(path: String(repeating: "n", count: 1_000_000), kind: .file))]),
        Row(
            "a huge letter", "its path has more than 1024 bytes",
            saying: [.entry(ArchiveEntry(path: "e" + String(repeating: "\u{301}", count: 300_000), kind: .file))]),
        Row(
            "a name that clears the screen", "outside the model's folder",
            saying: [.entry(ArchiveEntry(path: "/\u{1B}[2J\u{7}", kind: .file))]),
        Row("a reason that clears the screen", "no tar or zip archive: \u{FFFD}[2J", saying: [.failed("\u{1B}[2J")]),
        Row("a huge reason", "no tar or zip archive: rrr", saying: [.failed(String(repeating: "r", count: 1_000_000))]),
        Row("an end at once", "The archive is empty", saying: [.end]),
        Row("a message of another kind", "sent no message of ours") { try $0.send(Frame(message: EngineRequest.load)) },
        Row("samples", "sent no message of ours") { try $0.send(Frame(.samples, ByteBuffer(repeating: 0, count: 64))) },
        Row("half an offset", "sent no message of ours") {
            try $0.send(Frame(.bytes, ByteBuffer(repeating: 0, count: 4)))
        },
        Row("deep JSON", "sent no message of ours") {
            try $0.send(Frame(.message, ByteBuffer(repeating: UInt8(ascii: "["), count: 1 << 20)))
        },
        Row("a frame that is too long", "sent a frame of 1048577 bytes") {
            try $0.send(Frame(.message, ByteBuffer(repeating: 0, count: 1 << 20 + 1)))
        },
        Row("a frame of 4 GB", "sent a frame of 4294967294 bytes") { $0.write([255, 255, 255, 255, 1]) },
        Row("a frame without a kind", "sent a frame of no kind") { $0.write([0, 0, 0, 0]) },
        Row("a frame of an unknown kind", "sent a frame of the unknown kind 9") { $0.write([0, 0, 0, 1, 9]) },
        Row("silence", "has said nothing for 0.2 s") { _ in },
        Row("silence behind an entry", "has said nothing for 0.2 s", saying: [.entry(.voice)]),
        Row("silence in a frame", "has said nothing for 0.2 s") { $0.write([0, 0, 1, 0, 1]) },
        Row("a frame that drips", "has said nothing for 0.2 s") { socket in
            socket.write([0, 0, 255, 255, 1])
            for _ in 0..<10_000 where socket.write([0]) { usleep(10_000) }
        },
    ]

    @Test(arguments: rows)
    func aProtocolViolationEndsTheFetch(row: Row) async throws {
        let message = try await failure(of: ScriptedEngine(script: row.script)) {
            // Long enough for engines that are not silent.
            if row.part.contains("nothing for") { $0.unpackPatience = .milliseconds(200) }
        }
        #expect(message.contains(row.part), "\(message)")
        #expect(message.utf8.count < 1000)
        #expect(!message.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test func anEngineThatEndsIsReportedWithItsErrorOutput() async throws {
        let engine = ScriptedEngine { socket in
            try socket.send(Frame(message: UnpackReply.entry(.voice)))
            socket.hangUp()
            return EngineEnd(status: "signal 11", lastWords: "free(): invalid pointer")
        }
        let message = try await failure(of: engine)
        #expect(message.contains("ended (signal 11): free(): invalid pointer. Try again."), "\(message)")
    }

    @Test func anEngineThatCannotBeStartedIsReported() async throws {
        let end = EngineEnd(status: "could not be started: Too many open files", isShortage: true)
        let message = try await failure(of: EngineThatNeverBegins(end: end))
        #expect(message.contains("could not be started: Too many open files. Try again."), "\(message)")
    }

    private struct EngineThatNeverBegins: EngineProgram {
        let end: EngineEnd

        func run(
            _ order: EngineOrder, logger: Logger, began: @escaping @Sendable (Int32, LinkSocket) async -> Void,
            notice: @escaping @Sendable (EngineNotice) async -> Void
        ) async -> EngineEnd { end }
    }

    /// The error message of a download that this engine makes fail. Expects that nothing of it is left.
    private func failure(
        of engine: some EngineProgram, _ change: (inout FetchSettings) -> Void = { _ in }
    ) async throws -> String {
        try await withFileServer(["/v.tar": .bytes([1, 2, 3])]) { server in
            try await withTemporaryFolder { folder in
                let (store, entry) = try folder.store(
                    download: "url: \(server.url("/v.tar"))",
                    settings: .quick {
                        $0.unpackAllowance = 1_000_000
                        change(&$0)
                    }, program: engine)
                let error = await #expect(throws: ModelError.self) {
                    try await store.prepare(entry, waitingUpTo: .seconds(300))
                }
                #expect(error?.code == .failed)
                try #expect(folder.contents == ["asr2clip", "asr2clip/models"])
                return error?.message ?? ""
            }
        }
    }
}

extension ArchiveEntry {
    fileprivate static let voice = ArchiveEntry(path: "v/m.onnx", kind: .file)
}

extension Frame {
    fileprivate static func block(_ offset: Int64, _ count: Int) -> Frame {
        ArchiveBlock(offset: offset, bytes: ByteBuffer(repeating: 7, count: count)).frame
    }
}

extension LinkSocket {
    /// Sends bytes that need not be a frame.
    ///
    /// - Returns: Whether they were sent.
    @discardableResult
    fileprivate func write(_ bytes: [UInt8]) -> Bool {
        Foundation.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
    }
}
