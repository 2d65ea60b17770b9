import TestSupport
import Testing

@testable import APIServer

@Suite struct MultipartFuzzTests {
    /// The result of parsing a body: its parts, or the code of its error.
    private enum Outcome: Equatable {
        case parts([ReceivedPart])
        case failure(MultipartError.Code)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func formsSurviveTheRoundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let boundary = ["b", "--", "-----------------------------70", "a b"][Int(seed) - 1]
        for _ in 0..<150 {
            let parts = (0..<Int.random(in: 0...4, using: &generator)).map { index in
                ReceivedPart(
                    MultipartPart(name: "field \(index)", filename: nil),
                    data: hostileData(boundary: boundary, using: &generator))
            }
            var body: [UInt8] = []
            for part in parts {
                body += bytes("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.part.name)\"\r\n\r\n")
                body += part.data + bytes("\r\n")
            }
            body += bytes("--\(boundary)--\r\n")
            #expect(try parse(body.randomChunks(using: &generator), boundary: boundary) == parts)
        }
    }

    @Test(arguments: ClientBody.all)
    func noMutationCrashesOrLetsADelimiterThrough(client: ClientBody) throws {
        var generator = SeededGenerator(seed: UInt64(client.body.utf8.count))
        let boundary = try MultipartParser.boundary(fromContentType: client.contentType)
        let delimiter = bytes("\r\n--\(boundary)")
        for round in 0..<200 {
            var body = bytes(client.body)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&body, delimiter, using: &generator) }
            let whole = try outcome([body], boundary)
            #expect(try outcome(body.randomChunks(using: &generator), boundary) == whole, "round \(round)")
            guard case .parts(let parts) = whole else { continue }
            #expect(!parts.contains { contains($0.data, delimiter) }, "round \(round)")
        }
    }

    /// The parser's errors are an outcome; a `ProtocolViolation` is rethrown and fails the test.
    private func outcome(_ chunks: [[UInt8]], _ boundary: String) throws -> Outcome {
        do {
            return .parts(try parse(chunks, boundary: boundary))
        } catch let error as MultipartError {
            return .failure(error.code)
        }
    }

    /// The delimiter's bytes in nearly the right order.
    private func hostileData(boundary: String, using generator: inout SeededGenerator) -> [UInt8] {
        let delimiter = bytes("\r\n--\(boundary)")
        var data: [UInt8] = []
        while data.count < 200, Int.random(in: 0..<12, using: &generator) > 0 {
            data += delimiter.prefix(Int.random(in: 0..<delimiter.count, using: &generator))
            data.append([0x0D, 0x0A, 0x2D, 0x00, UInt8(ascii: "x")].randomElement(using: &generator) ?? 0)
        }
        // The line end before the data may be the start of a delimiter, too.
        return contains(bytes("\r\n") + data + bytes("\r\n--"), delimiter) ? [] : data
    }

    private func mutate(_ body: inout [UInt8], _ delimiter: [UInt8], using generator: inout SeededGenerator) {
        let start = Int.random(in: 0...body.count, using: &generator)
        let end = min(body.count, start + Int.random(in: 0...12, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: body.removeSubrange(start..<end)
        case 1: body.insert(contentsOf: body[start..<end], at: start)
        case 2: body.insert(contentsOf: delimiter.dropLast(Int.random(in: 0...2, using: &generator)), at: start)
        case 3: body.insert(contentsOf: [0x0D, 0x0A], at: start)
        case 4: body.insert([0x0D, 0x0A, 0x2D, 0x22, 0x5C, 0x3B].randomElement(using: &generator) ?? 0, at: start)
        default: if start < end { body[start] = .random(in: 0...255, using: &generator) }
        }
    }

    private func contains(_ haystack: [UInt8], _ needle: [UInt8]) -> Bool {
        haystack.indices.contains { haystack[$0...].starts(with: needle) }
    }
}
