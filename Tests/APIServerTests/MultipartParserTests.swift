import NIOCore
import TestSupport
import Testing

@testable import APIServer

@Suite struct MultipartParserTests {
    @Test(arguments: ClientBody.all)
    func readsWhatClientsSend(client: ClientBody) throws {
        let boundary = try MultipartParser.boundary(fromContentType: client.contentType)
        #expect(try parse([bytes(client.body)], boundary: boundary) == client.parts)
    }

    @Test(arguments: ClientBody.all)
    func chunksMayEndAnywhere(client: ClientBody) throws {
        let boundary = try MultipartParser.boundary(fromContentType: client.contentType)
        let body = bytes(client.body)
        for split in 0...body.count {
            let chunks = [Array(body[..<split]), Array(body[split...])]
            #expect(try parse(chunks, boundary: boundary) == client.parts, "split at \(split)")
        }
        #expect(try parse(body.map { [$0] }, boundary: boundary) == client.parts)
    }

    @Test(arguments: ClientBody.all)
    func aBodyCutAnywhereIsReportedAsTruncated(client: ClientBody) throws {
        let boundary = try MultipartParser.boundary(fromContentType: client.contentType)
        let body = bytes(client.body)
        let closing = bytes("--\(boundary)--")
        let complete = try #require((0...body.count).first { body[..<$0].suffix(closing.count).elementsEqual(closing) })
        for length in 0..<complete {
            let error = #expect(throws: MultipartError.self, "cut after \(length)") {
                try parse([Array(body[..<length])], boundary: boundary)
            }
            #expect(error?.code == .truncated, "cut after \(length)")
        }
        #expect(try parse([Array(body[..<complete])], boundary: boundary) == client.parts)
    }

    @Test(arguments: [
        "", "\r", "\n", "\r\n", "\r\n-", "\r\n--", "\r\n--x", "\r\r\n", "\r\n\r\n", "--", "-", "\n--b\n", "\r--b",
        "\r\n-\r\n--\r\n", " --b\r\n", "\r\n --b", "\r\n--\r\nb", "§", "§§",
    ])
    func dataMayLookLikeADelimiter(data: String) throws {
        let body = bytes("--b\r\nContent-Disposition: form-data; name=x\r\n\r\n" + data + "\r\n--b--")
        for chunks in [[body], body.map { [$0] }] {
            #expect(try parse(chunks) == [ReceivedPart("x", data: data)])
        }
    }

    @Test func dataIsPassedOnWithoutCopying() throws {
        var parser = MultipartParser(boundary: "b")
        parser.append(ByteBuffer(string: "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n"))
        #expect(try parser.next() == .partBegan(MultipartPart(name: "x", filename: nil)))
        let chunk = ByteBuffer(bytes: bytes("some sound§ with all its bytes\r\n-"))
        var address = chunk.withUnsafeReadableBytes { $0.baseAddress }
        parser.append(chunk)
        var received = 0
        while case .data(let data) = try parser.next() {
            #expect(data.withUnsafeReadableBytes { $0.baseAddress } == address)
            address = address?.advanced(by: data.readableBytes)
            received += data.readableBytes
        }
        #expect(received == chunk.readableBytes - "\r\n-".utf8.count)
    }

    @Test func onlyAPartialDelimiterIsHeldBack() throws {
        var parser = MultipartParser(boundary: "boundary")
        parser.append(ByteBuffer(string: "--boundary\r\nContent-Disposition: form-data; name=x\r\n\r\n"))
        _ = try parser.next()
        let delimiter = bytes("\r\n--boundary")
        var generator = SeededGenerator(seed: 4)
        var (given, received) = (0, 0)
        for _ in 0..<2000 {
            let chunk = delimiter.dropLast(Int.random(in: 1...delimiter.count, using: &generator))
            parser.append(ByteBuffer(bytes: chunk))
            given += chunk.count
            while case .data(let data) = try parser.next() { received += data.readableBytes }
            #expect((given - delimiter.count + 1...given).contains(received))
        }
        #expect(received > 1000)
    }

    @Test func bytesAfterTheEndAreIgnored() throws {
        var parser = MultipartParser(boundary: "b")
        parser.append(ByteBuffer(string: "--b--\r\n--b\nnonsense"))
        #expect(try parser.next() == .finished)
        #expect(try parser.next() == nil)
        parser.append(ByteBuffer(string: "\r\n--b\r\n\r\n"))
        #expect(try parser.next() == nil)
        try parser.finish()
    }

    @Test func chunksGivenEarlyAreReadInOrder() throws {
        var parser = MultipartParser(boundary: "b")
        for byte in bytes("--b\r\nContent-Disposition: form-data; name=x\r\n\r\nab\r\n--b--") {
            parser.append(ByteBuffer(bytes: [byte]))
        }
        var events: [MultipartParser.Event] = []
        while let event = try parser.next() { events.append(event) }
        let part = MultipartPart(name: "x", filename: nil)
        #expect(events == [.partBegan(part), .data(ByteBuffer(string: "ab")), .partEnded, .finished])
    }
}
