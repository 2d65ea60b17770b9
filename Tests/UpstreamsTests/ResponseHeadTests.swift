import Testing

@testable import Upstreams

struct ResponseHeadTests {
    private func fault(_ status: Int, _ body: String = "", key: String? = nil) -> UpstreamFault? {
        ResponseHead(status: status, retryAfter: .seconds(3), hadKey: key != nil, model: "m")
            .fault(from: "host:80/v1", body: body.utf8, hiding: key)
    }

    @Test func statusesMeanWhoIsAskedNext() {
        #expect(fault(200) == nil)
        #expect(fault(429) == .full(retryAfter: .seconds(3)))
        for status in [408, 502, 503] {
            #expect(fault(status) == .unavailable(reason: "it answers \(status)", retryAfter: .seconds(3)))
        }
        for status in [301, 302, 303, 307, 308, 401] {
            guard case .misconfigured(_, isCertain: true) = fault(status) else {
                Issue.record("\(status) is \(String(describing: fault(status)))")
                continue
            }
        }
        for status in [404, 405] {
            guard case .misconfigured(_, isCertain: false) = fault(status) else {
                Issue.record("\(status) is \(String(describing: fault(status)))")
                continue
            }
        }
        // Of this request only: another server may take it, but none is left alone for it.
        #expect(
            fault(403, #"{"error": {"message": "Not that."}}"#)
                == .refused(
                    UpstreamError(
                        .refused(.init(status: 403, code: nil, parameter: nil)), "host:80/v1 answers: Not that.")))
        #expect(fault(504) == .final(UpstreamError(.timedOut, "host:80/v1 answers 504.")))
        #expect(fault(500) == .final(UpstreamError(.failed, "host:80/v1 answers 500.")))
        #expect(fault(204) == .final(UpstreamError(.failed, "host:80/v1 answers 204.")))
    }

    @Test func aRefusalKeepsItsWordsWithoutTheKey() {
        let body =
            #"{"error": {"message": "No \u0007sk-1 in 'x'", "param": "language", "code": "invalid_language_format"}}"#
        #expect(
            fault(400, body, key: "sk-1")
                == .final(
                    UpstreamError(
                        .refused(.init(status: 400, code: "invalid_language_format", parameter: "language")),
                        "host:80/v1 answers: No … in 'x'.")))
        let odd = #"{"error": {"message": "No", "param": "a b", "code": "\#(String(repeating: "x", count: 61))"}}"#
        #expect(
            fault(422, odd)
                == .final(
                    UpstreamError(
                        .refused(.init(status: 422, code: nil, parameter: nil)), "host:80/v1 answers: No.")))
        #expect(
            fault(400, #"{"error": {"message": "No", "code": "sk-1"}}"#, key: "sk-1")
                == .final(
                    UpstreamError(
                        .refused(.init(status: 400, code: nil, parameter: nil)), "host:80/v1 answers: No.")))
    }

    @Test func aKeyIsHiddenBeforeAReasonIsCut() {
        let key = "sk-0123456789/abcdef"
        for text in [key, key.replacing("/", with: #"\/"#), key.replacing("5", with: #"\u0035"#)] {
            for count in 270...300 {
                let reason = String(repeating: "x", count: count) + text
                let answer = fault(400, #"{"error": {"message": "\#(reason)"}}"#, key: key)
                guard case .final(let error) = answer else {
                    Issue.record("\(String(describing: answer))")
                    continue
                }
                #expect(!error.message.contains("sk-"), "\(error.message)")
            }
        }
    }

    @Test(arguments: [
        "a sk-1/2 b", #"a sk-1\/2 b"#, #"\u0073k\u002d1/2"#, #"\u0073\u006B\u002D\u0031\u002F\u0032"#, #"\\sk-1\/2"#,
    ])
    func aKeyIsFoundHoweverItIsEscaped(text: String) {
        #expect(Array("sk-1/2".utf8).isContained(in: text.utf8))
    }

    @Test(arguments: ["", "sk-1", #"sk-1\/"#, #"sk-1\u002"#, #"sk-1\u012f2"#, #"sk-1\"#, "sk-1 /2"])
    func aTextWithPartsOfTheKeyDoesNotContainIt(text: String) {
        #expect(!Array("sk-1/2".utf8).isContained(in: text.utf8))
    }

    @Test(arguments: [("5", Duration.seconds(5)), ("-1", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil), (nil, nil)])
    func onlySecondsOfRetryAfterCount(text: String?, pause: Duration?) {
        #expect(ResponseHead.seconds(of: text) == pause)
    }

    @Test func aRequestThatComesBackIsRefused() throws {
        let first = try UpstreamHops(nil).header(passing: "a1")
        #expect(first == "a1")
        let second = try UpstreamHops(first).header(passing: "b2")
        #expect(second == "a1,b2")
        #expect(throws: UpstreamError.self) { try UpstreamHops(second).header(passing: "a1") }
        #expect(throws: UpstreamError.self) { try UpstreamHops("1,2,3,4,5").header(passing: "a1") }
        #expect(try UpstreamHops("\r\n, é,;").header(passing: "a1") == "a1")
    }
}
