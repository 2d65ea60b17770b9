import HummingbirdCore

extension URI {
    /// The parameters of the query, where a plus is a space (WHATWG, URL, application/x-www-form-urlencoded).
    var formFields: [String: [String]] {
        var fields: [String: [String]] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { String($0).replacing("+", with: " ").percentDecoded }
            fields[parts[0], default: []].append(parts.count > 1 ? parts[1] : "")
        }
        return fields
    }
}
