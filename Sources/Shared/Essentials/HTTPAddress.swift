extension URL {
    /// Parses a web address: `http` or `https`, with a host. The port must be from 1 to 65535: connecting to another one
    /// ends the process, or uses the scheme's default port instead.
    package init?(httpAddress text: String, relativeTo base: URL? = nil) {
        guard let url = URL(string: text, relativeTo: base)?.absoluteURL,
            ["http", "https"].contains(url.scheme?.lowercased()), url.host?.isEmpty == false, url.hasGoodPort
        else { return nil }
        self = url
    }

    /// Whether the port is valid or absent. `port` is `nil` also if the number is too large for an `Int`.
    private var hasGoodPort: Bool {
        let authority = absoluteString.drop { $0 != "/" }.dropFirst(2).prefix { !"/?#".contains($0) }
        let place = authority.lastIndex(of: "@").map { authority[$0...].dropFirst() } ?? authority
        // The colons of an IPv6 address are in brackets.
        let text = (place.lastIndex(of: "]").map { place[$0...] } ?? place).drop { $0 != ":" }.dropFirst()
        return text.isEmpty || UInt16(text).map { $0 > 0 } == true
    }
}
