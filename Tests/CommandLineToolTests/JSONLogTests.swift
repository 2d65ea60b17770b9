import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CommandLineTool

/// The lines of the JSON log.
struct JSONLogTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private let lines = Lines()

    private func logger(_ provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "test") { [lines] _ in
            var handler = JSONLogHandler { lines.add($0) }
            handler.metadataProvider = provider
            return handler
        }
    }

    /// The members of the only line, parsed by Foundation.
    private func object() throws -> [String: Any] {
        let line = try #require(lines.all.first)
        #expect(lines.all.count == 1)
        #expect(line.hasSuffix("\n") && !line.dropLast().contains("\n"))
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func aLineHasTimeLevelAndMessageThenMetadata() throws {
        var logger = logger()
        logger[metadataKey: "request"] = "r1"
        logger.warning("It's \"here\".", metadata: ["model": "a/b", "count": .stringConvertible(3)])
        let line = try #require(lines.all.first)
        let shape = /\{"time": "(?<time>[^"]+)", "level": "warning", "message": "It's \\"here\\"\.", (?<rest>.*)\}\n/
        let match = try #require(try shape.wholeMatch(in: line))
        #expect(match.rest == #""count": 3, "model": "a/b", "request": "r1""#)
        #expect(try /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/.wholeMatch(in: match.time) != nil)
        let time = try Date(String(match.time), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        #expect(abs(time.timeIntervalSinceNow) < 3600)
    }

    @Test func metadataKeepsItsType() throws {
        logger().info(
            "Kinds.",
            metadata: [
                "int": .stringConvertible(7), "double": .stringConvertible(0.125), "flag": .stringConvertible(true),
                "text": "7", "other": .stringConvertible(UUID().uuidString.count), "list": ["a", "b"],
                "map": ["b": "2", "a": ["x": .stringConvertible(1)]],
            ])
        let line = try #require(lines.all.first)
        for part in [
            #""int": 7"#, #""double": 0.125"#, #""flag": true"#, #""text": "7""#, #""list": ["a", "b"]"#,
            #""map": {"a": {"x": 1}, "b": "2"}"#,
        ] { #expect(line.contains(part), "\(part) in \(line)") }
        _ = try object()
    }

    @Test(arguments: ["line\nline", "tab\t\u{1}\u{7F}", "\u{2028}", "\"\\/", "日本 🎙", ""])
    func anyTextSurvivesTheRoundTrip(text: String) throws {
        logger().info("\(text)", metadata: ["\(text)k": "\(text)"])
        let object = try object()
        #expect(object["message"] as? String == text)
        #expect(object["\(text)k"] as? String == text)
    }

    @Test func metadataNeverReplacesTheStandardFields() throws {
        logger().info("Mine.", metadata: ["message": "theirs", "level": "loud", "time": "late"])
        let object = try object()
        #expect(object["message"] as? String == "Mine.")
        #expect(object["level"] as? String == "info")
        #expect(object["metadata.message"] as? String == "theirs")
        #expect(object.count == 6)
    }

    @Test func moreSpecificMetadataWins() throws {
        var logger = logger(Logger.MetadataProvider { ["a": "provider", "b": "provider", "c": "provider"] })
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("Who?", metadata: ["c": "line"])
        let object = try object()
        #expect(["a", "b", "c"].map { object[$0] as? String } == ["provider", "logger", "line"])
    }

    @Test func linesBelowTheLevelAreNotWritten() {
        var logger = logger()
        logger.logLevel = .warning
        logger.info("Quiet.")
        #expect(lines.all == [])
    }
}
