import NIOCore

/// A host as URLs and the `Host` header name it: in lower case, without brackets, without the dot of a full name.
///
/// Only the usual form of each is taken: names of labels (RFC 1123, section 2.1, and underscores), addresses with four
/// decimal numbers, IPv6 addresses in brackets. Other spellings, such as `127.1` or `..localhost`, are no hosts: what
/// resolves them may see another machine there than we do.
public struct HostName: Hashable, Sendable {
    let text: String

    /// Reads the host of `host` or `host:port` (RFC 3986, section 3.2); `nil` if that is malformed.
    public init?(_ authority: String) {
        let authority = authority.lowercased()
        guard let host = authority.hasPrefix("[") ? Self.bracketed(authority) : Self.plain(authority) else {
            return nil
        }
        text = String(host)
    }

    /// Reads a host as people give it on a command line, where an IPv6 address has no brackets.
    public init?(given text: String) {
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

    /// Whether a name with this label at its end is an address, or nothing (URL standard, "ends in a number").
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

    /// Whether it is an address without a zone.
    private static func isAddress(_ text: Substring) -> Bool {
        !text.contains("%") && (try? SocketAddress(ipAddress: String(text), port: 0)) != nil
    }

    /// Nothing, or a colon and perhaps a number.
    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return true }
        let digits = text.dropFirst()
        return text.first == ":" && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (digits.isEmpty || UInt16(digits) != nil)
    }
}
