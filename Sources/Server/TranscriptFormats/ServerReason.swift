import Essentials

/// Finds the reason in the body of any server's error response. Does no I/O. OpenAI's shape is `{"error": {"message":
/// …}}`; whisper.cpp writes `{"error": "…"}`, FastAPI and with it speaches `{"detail": "…"}` or a list of `{"loc": […],
/// "msg": "…"}`, others `{"message": "…"}` or plain text.
package enum ServerReason {
    /// Longer reasons are cut, to fit one line of a terminal.
    private static let longest = 300

    /// The reason in a body; `nil` if there is none that is readable, as in an HTML page or broken JSON. An ellipsis
    /// takes the place of `secret`.
    package static func find(in body: some Sequence<UInt8>, hiding secret: String? = nil) -> String? {
        let data = Data(body)
        if let json = try? JSONDecoder().decode(JSONValue.self, from: data) {
            return json.isObject ? find(in: json, hiding: secret) : json.string.flatMap { line($0, hiding: secret) }
        }
        let text = String(decoding: data, as: UTF8.self)
        return "<{[".contains(text.first { !$0.isWhitespace } ?? " ") ? nil : line(text, hiding: secret)
    }

    /// The name of the field that an error in OpenAI's shape complains about, and the code of the error.
    package static func details(in body: some Sequence<UInt8>) -> (field: String?, code: String?) {
        let error = (try? JSONDecoder().decode(JSONValue.self, from: Data(body)))?["error"]
        return (error?["param"]?.string, error?["code"]?.string)
    }

    /// The reason in an object, if it is an error. An ellipsis takes the place of `secret`.
    package static func find(in object: JSONValue, hiding secret: String? = nil) -> String? {
        for key in ["error", "detail", "message"] {
            if let reason = object[key].flatMap({ words($0, hiding: secret) }) { return reason }
        }
        return nil
    }

    /// A reason that ends with a full stop, unless it has an end of its own, so that more text can follow.
    package static func asSentence(_ reason: String) -> String {
        guard let last = reason.last, !".!?…:".contains(last) else { return reason }
        return reason + "."
    }

    private static func words(_ value: JSONValue, hiding secret: String?) -> String? {
        switch value {
        case .string(let text): return line(text, hiding: secret)
        case .object:
            guard let message = value["msg"]?.string else { return find(in: value, hiding: secret) }
            let place = value["loc"]?.array?.map { $0.string ?? $0.text }.joined(separator: ".")
            return line(place.map { "\($0): \(message)" } ?? message, hiding: secret)
        case .array(let list):
            let reasons = list.compactMap { words($0, hiding: secret) }
            return reasons.isEmpty ? nil : line(reasons.joined(separator: "; "), hiding: secret)
        case .null, .bool, .integer, .number: return nil
        }
    }

    private static func line(_ text: String, hiding secret: String?) -> String? {
        let scalars = text.unicodeScalars.filter {
            $0.properties.generalCategory != .control || $0.properties.isWhitespace
        }
        var words = String(String.UnicodeScalarView(scalars)).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        // Before the cut, which would leave a part of it.
        if let secret { words = words.replacing(secret, with: "…") }
        guard !words.isEmpty else { return nil }
        return words.count <= longest ? words : words.prefix(longest - 1) + "…"
    }
}
