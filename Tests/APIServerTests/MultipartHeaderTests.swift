import Testing

@testable import APIServer

@Suite struct MultipartHeaderTests {
    @Test(arguments: [
        (#"name="a""#, "a", nil as String?), ("name=a", "a", nil), ("NAME=a", "a", nil), (#"name="""#, "", nil),
        (#"name="a;b=c""#, "a;b=c", nil), (#"name="a\"b\\c""#, #"a"b\c"#, nil),
        (#"name="a%22b%0D%0a""#, "a\"b\r\n", nil),
        (#"name="100%""#, "100%", nil), (#"name="%41%2B%+a""#, "%41%2B%+a", nil), (#"name="a" ; ; "#, "a", nil),
        (#"name = "a"; size=3"#, "a", nil), (#"name="a"; name="b""#, "a", nil), ("name=ï", "ï", nil),
        (#"name="a"; filename="b.wav""#, "a", "b.wav"), (#"filename=b.wav; name=a"#, "a", "b.wav"),
        (#"name="a"; filename="""#, "a", ""), (#"name="a"; filename="C:\dir\b.wav""#, "a", #"C:\dir\b.wav"#),
        (#"name="a"; filename="你好.wav""#, "a", "你好.wav"),
        (#"name="a"; filename="x"; filename*=UTF-8''na%C3%AFve%20%22.wav"#, "a", "naïve \".wav"),
        (#"name="a"; filename*=utf-8'en'%e2%82%ac; filename="x""#, "a", "€"),
        (#"name="a"; filename*=ISO-8859-1''na%EFve; filename=x"#, "a", "naïve"),
        (#"name="a"; filename*=koi8-r''%C1; filename=x"#, "a", "x"),
        (#"name="a"; filename*=bare; filename=x"#, "a", "x"),
        (#"name="a"; filename*=utf-8''%FF%"#, "a", "\u{FFFD}%"), (#"name*=utf-8''%C3%AF"#, "ï", nil),
    ])
    func dispositionNamesTheFieldAndTheFile(parameters: String, name: String, filename: String?) throws {
        var headers = MultipartHeaders()
        try headers.append(bytes("Content-Disposition: form-data; " + parameters))
        #expect(try headers.part(number: 1) == MultipartPart(name: name, filename: filename))
    }

    @Test func bytesThatAreNotUTF8AreReplaced() throws {
        var headers = MultipartHeaders()
        let line = bytes("Content-Disposition: form-data; name=\"a\"; filename=\"x") + [0xFF, 0xC3] + bytes(".wav\"")
        try headers.append(line)
        #expect(try headers.part(number: 1).filename == "x\u{FFFD}\u{FFFD}.wav")
    }

    @Test func theFirstOfTwoHeadersCounts() throws {
        var headers = MultipartHeaders()
        for line in ["CONTENT-TYPE: a/b", "Content-Disposition: form-data; name=a", "content-type: c/d"] {
            try headers.append(bytes(line))
        }
        try headers.append(bytes("Content-Disposition: form-data; name=b"))
        #expect(try headers.part(number: 1) == MultipartPart(name: "a", filename: nil))
    }

    @Test(arguments: ["binary", "8bit", "7bit", "BINARY"])
    func rawBytesNeedNoDecoding(encoding: String) throws {
        var headers = MultipartHeaders()
        try headers.append(bytes("Content-Disposition: form-data; name=a"))
        try headers.append(bytes("Content-Transfer-Encoding:  \(encoding) "))
        #expect(try headers.part(number: 1).name == "a")
    }
}

@Suite struct MultipartBoundaryTests {
    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;BOUNDARY=aBc", "aBc"),
        (#"multipart/form-data; boundary="a b;c""#, "a b;c"),
        ("multipart/form-data; charset=utf-8; boundary=x", "x"),
        ("multipart/form-data ; boundary=----=_Part_1.2", "----=_Part_1.2"),
        ("multipart/form-data; boundary=x; a=b", "x"),
        ("multipart/form-data; boundary='()+_,-./:=?", "'()+_,-./:=?"),
        ("multipart/form-data; boundary=a%22b", "a%22b"),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 70), String(repeating: "x", count: 70)),
    ])
    func theBoundaryIsReadFromTheContentType(contentType: String, boundary: String) throws {
        #expect(try MultipartParser.boundary(fromContentType: contentType) == boundary)
    }

    @Test(arguments: [
        (nil as String?, MultipartError.Code.notMultipart, "no Content-Type"), ("", .notMultipart, "''"),
        ("application/json", .notMultipart, "'application/json'"),
        ("multipart/mixed; boundary=x", .notMultipart, "mixed"),
        ("audio/wav; boundary=x", .notMultipart, "'audio/wav'"),
        ("multipart/form-data", .invalidBoundary, "no boundary"),
        ("multipart/form-data; boundary=", .invalidBoundary, "no boundary"),
        (#"multipart/form-data; boundary="""#, .invalidBoundary, "no boundary"),
        ("multipart/form-data; charset=utf-8", .invalidBoundary, "no boundary"),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), .invalidBoundary, "1 to 70"),
        (#"multipart/form-data; boundary="x ""#, .invalidBoundary, "1 to 70"),
        ("multipart/form-data; boundary=\"x\r\n\"", .invalidBoundary, "1 to 70"),
        ("multipart/form-data; boundary=é", .invalidBoundary, "1 to 70"),
        (#"multipart/form-data; boundary="x"#, .invalidBoundary, "quote is not closed"),
        ("multipart/form-data; boundary", .invalidBoundary, "'boundary' has no '='"),
    ])
    func isRefusedWithItsReason(contentType: String?, code: MultipartError.Code, reason: String) {
        let error = #expect(throws: MultipartError.self) { try MultipartParser.boundary(fromContentType: contentType) }
        #expect(error?.code == code)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
