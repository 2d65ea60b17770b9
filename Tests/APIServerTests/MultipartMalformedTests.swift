import NIOCore
import Testing

@testable import APIServer

@Suite struct MultipartMalformedTests {
    /// Bodies with the boundary `b`, and the expected error message.
    @Test(arguments: [
        ("", MultipartError.Code.truncated, "no line '--b'"),
        ("RIFF", .truncated, "no line '--b'"),
        ("--c\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n--c--", .truncated, "no line '--b'"),
        ("x--b\r\n", .truncated, "no line '--b'"),
        ("--b\nContent-Disposition: form-data; name=x\n\na\n--b--\n", .malformed, "bare LF"),
        ("--b\r\nContent-Disposition: form-data; name=x\n\r\n", .malformed, "bare LF"),
        ("--b\r\nContent-Disposition: form-data; name=x\r\n\n", .malformed, "bare LF"),
        ("--b\r\nContent-Disposition: form-data;\rname=x\r\n\r\n", .malformed, "bare CR"),
        ("--b\rContent-Disposition: form-data; name=x\r\n", .malformed, "boundary"),
        ("--bc\r\n", .malformed, "boundary"),
        ("--b-\r\n", .malformed, "boundary"),
        ("--b --", .malformed, "boundary"),
        ("--b\r\nContent-Disposition: form-data; name=x\r\n\r\na\r\n--bonus\r\n--b--", .malformed, "boundary"),
        ("--b\r\nContent-Disposition\r\n\r\n", .malformed, "'Content-Disposition'"),
        ("--b\r\n: form-data; name=x\r\n\r\n", .malformed, "': form-data; name=x'"),
        ("--b\r\nContent Disposition: form-data; name=x\r\n\r\n", .malformed, "'Content Disposition: "),
        ("--b\r\n folded: x\r\n\r\n", .malformed, "' folded: x'"),
        ("--b\r\nContent-Disposition: form-data; name=x\r\n--b--", .truncated, "part 1"),
        ("--b\r\nContent-Disposition: form-data; name=x\r\n--b--\r\n", .malformed, "'--b--'"),
        ("--b\r\n\r\na\r\n--b--", .unnamedPart, "Part 1 of the form has no Content-Disposition"),
        ("--b\r\nContent-Type: audio/wav\r\n\r\n", .unnamedPart, "Part 1 of the form has no Content-Disposition"),
        (
            "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n--b\r\nContent-Disposition: form-data\r\n\r\n",
            .unnamedPart, "part 2 of the form has no name"
        ),
        ("--b\r\nContent-Disposition: form-data; filename=x\r\n\r\n", .unnamedPart, "has no name"),
        ("--b\r\nContent-Disposition: attachment; name=x\r\n\r\n", .malformed, "'attachment'"),
        ("--b\r\nContent-Disposition: form-data; name=\"x\r\n\r\n", .malformed, "quote is not closed"),
        ("--b\r\nContent-Disposition: form-data; name\r\n\r\n", .malformed, "'name' has no '='"),
        (
            "--b\r\nContent-Disposition: form-data; name=x\r\nContent-Transfer-Encoding: Base64\r\n\r\nUklGRg==\r\n--b--",
            .unsupportedEncoding, "'x' is sent with Content-Transfer-Encoding 'base64'"
        ),
    ])
    func isRefusedWithItsReason(body: String, code: MultipartError.Code, reason: String) {
        let body = bytes(body)
        for chunks in [[body], body.map { [$0] }] {
            let error = #expect(throws: MultipartError.self) { try parse(chunks) }
            #expect(error?.code == code)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        }
    }

    @Test func anErrorIsReportedAgainOnFurtherInput() throws {
        var parser = MultipartParser(boundary: "b")
        parser.append(ByteBuffer(string: "--b\n"))
        #expect(throws: MultipartError.wrongLineEnd) { try parser.next() }
        #expect(throws: MultipartError.wrongLineEnd) { try parser.next() }
        parser.append(ByteBuffer(string: "--b--"))
        #expect(throws: MultipartError.wrongLineEnd) { try parser.next() }
        #expect(throws: MultipartError.wrongLineEnd) { try parser.finish() }
    }

    @Test(arguments: [(3, true), (4, false)])
    func partsAreLimited(count: Int, fits: Bool) {
        let part = "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n"
        let body = String(repeating: part, count: count) + "--b--"
        expectTooLarge(body, unless: fits, limits: MultipartLimits(parts: 3))
    }

    /// The limit counts the line end of the boundary line (2), the header (42), its end (2) and the empty line (2).
    @Test(arguments: [(48, true), (47, false)])
    func headerLinesAreLimitedForEachPart(limit: Int, fits: Bool) {
        let part = "--b\r\nContent-Disposition: form-data; name=\"abc\"\r\n\r\nmore data than headers may be \r\n"
        expectTooLarge(part + part + "--b--", unless: fits, limits: MultipartLimits(headerBytes: limit))
    }

    @Test func endlessHeaderLinesAndPaddingAreRefused() {
        expectTooLarge("--b\r\nX: " + String(repeating: "x", count: 20_000), unless: false)
        expectTooLarge("--b" + String(repeating: " ", count: 20_000), unless: false)
    }

    @Test(arguments: [(10, true), (9, false)])
    func thePreambleIsLimited(limit: Int, fits: Bool) throws {
        let chunks = bytes("0123456789\r\n--b--").map { [$0] }
        let limits = MultipartLimits(preambleBytes: limit)
        if fits {
            #expect(try parse(chunks, limits: limits) == [])
        } else {
            #expect(throws: MultipartError.missingBoundary("--b")) { try parse(chunks, limits: limits) }
        }
    }

    private func expectTooLarge(_ body: String, unless fits: Bool, limits: MultipartLimits = MultipartLimits()) {
        for chunks in [[bytes(body)], bytes(body).map { [$0] }] {
            if fits {
                #expect(throws: Never.self) { try parse(chunks, limits: limits) }
            } else {
                let error = #expect(throws: MultipartError.self) { try parse(chunks, limits: limits) }
                #expect(error?.code == .tooLarge)
            }
        }
    }
}
