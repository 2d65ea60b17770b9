import Testing

/// Checks that a response is an error in OpenAI's format: JSON with all four keys, in order.
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
