import Testing

/// Checks that an answer is an error as OpenAI's clients know it: all four keys, in order, as JSON.
func expectError(
    _ answer: Answer, _ status: UInt, _ code: String, parameter: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(answer.status == status, "\(answer.body)", sourceLocation: sourceLocation)
    #expect(answer.headers["content-type"] == "application/json", sourceLocation: sourceLocation)
    #expect(answer.headers["x-request-id"] != nil, sourceLocation: sourceLocation)
    let shape = /\{"error": \{"message": ".+", "type": "[a-z_]+", "param": (?:null|"[a-z_]+"), "code": "[a-z_]+"\}\}/
    #expect(try shape.wholeMatch(in: answer.body) != nil, "\(answer.body)", sourceLocation: sourceLocation)
    let error = try answer.error
    #expect(error.code == code, sourceLocation: sourceLocation)
    #expect(error.param == parameter, sourceLocation: sourceLocation)
    let type =
        switch status {
        case 401: "authentication_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    #expect(error.type == type, sourceLocation: sourceLocation)
}
