import NIOCore

/// A host as in URLs and the `Host` header: in lower case, without brackets and without a trailing dot.
///
/// Only the usual forms are accepted: names of labels (RFC 1123, section 2.1, and underscores), addresses with four
/// decimal numbers, IPv6 addresses in brackets. Other spellings, such as `127.1` or `..localhost`, are rejected,
/// because a resolver may interpret them differently.
package struct HostName: Hashable, Sendable {
    let text: String

    /// Parses the host of `host` or `host:port` (RFC 3986, section 3.2); `nil` if it is malformed.
    package init?(_ authority: String) {
        let authority = authority.lowercased()
        guard let host = authority.hasPrefix("[") ? Self.bracketed(authority) : Self.plain(authority) else {
            return nil
        }
        text = String(host)
    }

    /// Parses a host as given on a command line, where an IPv6 address has no brackets.
    package init?(given text: String) {
        self.init(text.contains(":") && Self.isAddress(text[...]) ? "[\(text)]" : text)
    }

    private static func bracketed(_ authority: String) -> Substring? {
        guard let end = authority.firstIndex(of: "]"), isPort(authority[end...].dropFirst()) else { return nil }
        let address = authority[..<end].dropFirst()
        return address.contains(":") && isAddress(address) ? address : nil
    }

    private static func plain(_ authority: String) -> Substring? {
        let host = authority.prefix { $0 != ":" }
        guard isPort(authority.dropFirst(host.count)) else { return nil }
        let name = host.hasSuffix(".") ? host.dropLast() : host
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(isLabel) else { return nil }
        return labels.last.map(isNumber) == false || isAddress(name) ? name : nil
    }

    /// Whether a name with this last label is an address, or invalid (URL standard, "ends in a number").
    private static func isNumber(_ label: Substring) -> Bool {
        label.utf8.allSatisfy { (0x30...0x39).contains($0) }
            || label.hasPrefix("0x") && label.dropFirst(2).allSatisfy(\.isHexDigit)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || [0x2D, 0x5F].contains(byte)
            }
    }

    /// Whether the text is an address without a zone.
    private static func isAddress(_ text: Substring) -> Bool {
        !text.contains("%") && (try? SocketAddress(ipAddress: String(text), port: 0)) != nil
    }

    /// Whether the text is empty, or a colon and perhaps a port number.
    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return true }
        let digits = text.dropFirst()
        return text.first == ":" && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (digits.isEmpty || UInt16(digits) != nil)
    }
}
