/// The id of a request in responses and logs.
enum RequestID {
    /// Returns the client's id for the request if it is fit for a log line, and a new one otherwise.
    static func choose(given: String?) -> String {
        if let given, (1...128).contains(given.utf8.count), given.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return given
        }
        let halves = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
        return "req_" + halves.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }
}
