import Essentials
import TranscriptFormats

/// The head of a server's response, and what it means for the request. Does no I/O.
struct ResponseHead: Equatable {
    let status: Int
    /// The header of this name; `nil` if there is none, or if it is no number of seconds.
    let retryAfter: Duration?
    /// Whether the server was sent a key.
    let hadKey: Bool
    /// What the entry calls the model on that server.
    let model: String

    /// What a response other than 200 means; `nil` for 200. `address` is the server's, and `body` the beginning of the
    /// response's; `key` is cut out of what is quoted.
    func fault(from address: String, body: some Sequence<UInt8>, hiding key: String?) -> UpstreamFault? {
        switch status {
        case 200: return nil
        case 300..<400:
            return .misconfigured(
                reason:
                    "it answers \(status), a redirect, which is not followed; its address is the url of models.yaml",
                isCertain: true)
        case 401:
            return .misconfigured(
                reason: hadKey ? "it refuses the key of its entry" : "it wants a key, and its entry has none",
                isCertain: true)
        case 404, 405:
            // Of one request only: perhaps it has transcriptions and no translations.
            return .misconfigured(
                reason: "it answers \(status): it has no such endpoint, or no model '\(model)'", isCertain: false)
        case _ where isUnavailable: return .unavailable(reason: "it answers \(status)", retryAfter: retryAfter)
        case 429: return .full(retryAfter: retryAfter)
        // The key may lack a right, or a filter before the server may dislike the text of this request.
        case 403: return .refused(refusal(from: address, body: body, hiding: key))
        case 400..<500: return .final(refusal(from: address, body: body, hiding: key))
        // A proxy before the server lost its patience with this recording. That says nothing of other ones.
        case 504: return .final(UpstreamError(.timedOut, "\(address) answers 504."))
        default: return .final(UpstreamError(.failed, "\(address) answers \(status)."))
        }
    }

    /// Whether the server takes no requests now, whatever they ask for.
    private var isUnavailable: Bool { [408, 502, 503].contains(status) }

    private func refusal(from address: String, body: some Sequence<UInt8>, hiding key: String?) -> UpstreamError {
        let json = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
        var reason = ServerReason.find(in: body, hiding: key) ?? "It gives no reason."
        // With escapes that are no JSON of ours.
        if let key, Array(key.utf8).isContained(in: reason.utf8) { reason = "It gives no reason." }
        return UpstreamError(
            .refused(
                UpstreamError.Refusal(
                    status: status, code: json?["error"]?["code"]?.string.flatMap { $0.word(hiding: key) },
                    parameter: json?["error"]?["param"]?.string.flatMap { $0.word(hiding: key) })),
            "\(address) answers: \(ServerReason.asSentence(reason))")
    }

    /// The seconds of a `Retry-After`.
    static func seconds(of text: String?) -> Duration? {
        text.flatMap { UInt32($0) }.map { .seconds(Int64($0)) }
    }
}

extension String {
    /// The text, if it is one plain word and not a key.
    fileprivate func word(hiding key: String?) -> String? {
        let isPlain =
            (1...60).contains(utf8.count)
            && utf8.allSatisfy { byte in
                let character = Character(Unicode.Scalar(byte))
                return character.isASCII && (character.isLetter || character.isNumber || "_-.[]".contains(character))
            }
        return isPlain && key.map(contains) != true ? self : nil
    }
}
